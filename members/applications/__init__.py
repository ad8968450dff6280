"""Applying to join: the form behind an emailed link, files and colleagues."""
