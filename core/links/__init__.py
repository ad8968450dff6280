"""Links in emails: their tokens, the views they open, and forms to get a new link."""
