"""Organisations in the admin."""
