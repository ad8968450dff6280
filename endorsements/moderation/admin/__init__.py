"""Endorsements in the admin."""
