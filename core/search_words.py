"""Words as the search index holds them, the same on SQLite and PostgreSQL.

SQLite folds accents but does not know that "nurses" are nurses; PostgreSQL stems but does not know that "medecins" are
médecins. So both the index and the query go through here: accents folded, words cut to their stem, nothing left to the database.
"""

import re
import unicodedata
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

import snowballstemmer
from django.utils.html import strip_tags
from wagtail.fields import StreamField

if TYPE_CHECKING:
    from wagtail.models import Page

# Without the underscore, which Python counts among the letters and the databases among the signs.
WORD = re.compile(r"[^\W_]+")
# PostgreSQL refuses words of more than 2 kB. No real one is longer than this.
LONGEST_WORD = 64
_APOSTROPHE_S = re.compile(r"[’']s\b")
_TAG = re.compile(r"<[^>]{0,500}>")


def fold(text: str) -> str:
    """The text in lower case without accents: "Médecins" becomes "medecins"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=20_000)
def stem(word: str, language: str = "english") -> str:
    """The stem of one folded word: "nurses" and "nursing" both become "nurs", "organize" and "organise" "organis"."""
    # A stemmer keeps its word in itself while it works, so threads must not share one.
    stemmed = snowballstemmer.stemmer(language).stemWord(word[:LONGEST_WORD])[:LONGEST_WORD]
    return f"{stemmed[:-2]}is" if stemmed.endswith("iz") else stemmed


def stems(text: str) -> list[str]:
    """The folded, stemmed words of a text, in their order. Punctuation, quotes and control characters fall away."""
    return [stem(word) for word in WORD.findall(fold(_APOSTROPHE_S.sub("", text)))]


def indexed_words(page: "Page") -> str:
    """All readable words of a page: its own search text, its standfirst and its StreamFields."""
    parts = [page.title, getattr(page, "standfirst", ""), *getattr(page, "extra_search_text", list)()]
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            parts += field.stream_block.get_searchable_content(getattr(page, field.name))
    # A tag parts two words: "<li>nurses</li><li>midwives</li>" is not "nursesmidwives".
    return " ".join(stems(unescape(strip_tags(_TAG.sub(" ", " ".join(str(part) for part in parts))))))
