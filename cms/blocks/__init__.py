"""StreamField blocks. One module per group of the block chooser; `body.py` combines them."""
