"""Declarations: circulating, opening, closing, new versions of the text."""
