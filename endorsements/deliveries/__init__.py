"""Handing a declaration over: snapshot, letter, verification and news to signatories."""
