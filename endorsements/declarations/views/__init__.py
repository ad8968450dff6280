"""The public pages of a declaration."""
