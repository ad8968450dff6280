"""That no page takes longer because there is more content: `./run test growth`."""
