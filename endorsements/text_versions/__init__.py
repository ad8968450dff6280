"""The text of a declaration as it is signed: canonical form, hash and versions."""
