"""Emails in the admin: the log of what was sent, and the wording."""
