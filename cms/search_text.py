"""Words as the search index holds them, the same on SQLite and PostgreSQL.

SQLite folds accents but does not know that "nurses" are nurses; PostgreSQL stems but does not know that "medecins" are
médecins. So both the index and the query go through here: accents folded, words cut to their stem, nothing left to the database.
"""

import re
import unicodedata
from typing import TYPE_CHECKING

import snowballstemmer
from django.utils.html import strip_tags
from wagtail.blocks import StreamValue

if TYPE_CHECKING:
    from wagtail.models import Page

_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """The text in lower case without accents: "Médecins" becomes "medecins"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def stems(text: str, language: str = "english") -> list[str]:
    """The folded, stemmed words of a text, in their order. Punctuation, quotes and control characters fall away."""
    # A stemmer keeps its word in itself while it works, so threads must not share one.
    return snowballstemmer.stemmer(language).stemWords(_WORD.findall(fold(text)))


def indexed_words(page: "Page") -> str:
    """All readable words of a page: its own search text, its standfirst and its StreamFields."""
    parts = [page.title, getattr(page, "standfirst", ""), *getattr(page, "extra_search_text", list)()]
    for field in page._meta.get_fields():
        value = getattr(page, field.name, None) if field.concrete else None
        if isinstance(value, StreamValue):
            parts += value.stream_block.get_searchable_content(value)
    return " ".join(stems(strip_tags(" ".join(str(part) for part in parts))))
