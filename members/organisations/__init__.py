"""Organisations: matching, merging, exports and their admin."""
