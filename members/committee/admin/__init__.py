"""Ballots in the admin."""
