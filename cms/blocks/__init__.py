"""What pages are made of. One module per group of the block chooser; `body.py` puts them together."""
