"""Endorsing: form, limits, confirmation, managing and withdrawing."""
