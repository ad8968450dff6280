"""Applications in the admin."""
