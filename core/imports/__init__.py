"""Imports of tables that somebody uploads: read, asked about, shown, confirmed. What a row means is told by the rooms."""
