"""Links in emails: one purpose, one expiry, only a hash stored."""
