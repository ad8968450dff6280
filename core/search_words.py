"""Folding and stemming of words for the search index, so that SQLite and PostgreSQL find the same.

SQLite folds accents but does not stem; PostgreSQL stems but does not fold accents. So texts are folded and stemmed here, both for the
index and for queries.
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

# Without the underscore, which is a letter for Python and punctuation for the databases.
WORD = re.compile(r"[^\W_]+")
# PostgreSQL refuses words of more than 2 kB. No real word is longer than this.
MAX_WORD_LENGTH = 64
_APOSTROPHE_S = re.compile(r"[’']s\b")
_TAG = re.compile(r"<[^>]{0,500}>")


def fold(text: str) -> str:
    """The text in lower case without accents: "Médecins" becomes "medecins"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=20_000)
def stem(word: str, language: str = "english") -> str:
    """The stem of one folded word: "nurses" and "nursing" both become "nurs", "organize" and "organise" "organis"."""
    # A stemmer has state, so threads must not share one.
    stemmed = snowballstemmer.stemmer(language).stemWord(word[:MAX_WORD_LENGTH])[:MAX_WORD_LENGTH]
    return f"{stemmed[:-2]}is" if stemmed.endswith("iz") else stemmed


def stems(text: str) -> list[str]:
    """The folded, stemmed words of a text in order, without punctuation and control characters."""
    return [stem(word) for word in WORD.findall(fold(_APOSTROPHE_S.sub("", text)))]


def page_stems(page: "Page") -> str:
    """The stems of all readable text of a page: title, standfirst, StreamFields, and its `extra_search_text`."""
    parts = [page.title, getattr(page, "standfirst", ""), *getattr(page, "extra_search_text", list)()]
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            parts += field.stream_block.get_searchable_content(getattr(page, field.name))
    # A tag separates two words: "<li>nurses</li><li>midwives</li>" is not "nursesmidwives".
    return " ".join(stems(unescape(strip_tags(_TAG.sub(" ", " ".join(str(part) for part in parts))))))
