"""Deciding on endorsements: queue, checks, decisions, undo."""
