"""The pages of an application."""
