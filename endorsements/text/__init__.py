"""The text that is signed: its canonical form, its hash, and how it is shown."""
