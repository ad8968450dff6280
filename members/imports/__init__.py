"""Existing organisations, memberships, contacts and seats from a spreadsheet: how every coalition starts."""
