"""Stored databases of earlier releases, and what makes and loads them; tests/test_upgrade.py migrates each to today's code."""
