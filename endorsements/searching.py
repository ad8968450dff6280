"""Words for searching names: without accents, the same on every database."""

from cms.search_text import fold

LONGEST = 400


def folded_words(*parts: str) -> str:
    return " ".join(fold(part) for part in parts if part)[:LONGEST]
