"""Members asked to endorse a declaration, and their answers."""
