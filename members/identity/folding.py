"""Words for searching names: without accents, the same on every database."""

from core.search_words import fold

from .keys import PLAIN_LETTERS

LONGEST = 400


def folded_words(*parts: str) -> str:
    """What the parts say, to be searched: "medecins lodz" of "Médecins, Łódź". What somebody types goes through here too."""
    return " ".join(fold(part).translate(PLAIN_LETTERS) for part in parts if part)[:LONGEST]
