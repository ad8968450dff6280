"""Links in emails: their tokens, the pages they open, and how to get a new one."""
