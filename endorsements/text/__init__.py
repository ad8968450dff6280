"""The text that is signed: canonical form, hash, and the form in which it is shown."""
