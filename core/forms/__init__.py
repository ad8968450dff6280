"""What forms of every room share."""
