"""Folding and stemming of words for the search index, so that SQLite and PostgreSQL find the same.

SQLite folds accents but does not stem; PostgreSQL stems but does not fold accents; neither finds a word within a Chinese sentence. So texts
are folded, stemmed and cut into pairs of characters here, both for the index and for queries. After a change of these rules
`manage.py update_index` writes the index anew; `prepare_site` does so after an upgrade.
"""

import re
import unicodedata
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

import snowballstemmer
from django.utils.html import strip_tags
from wagtail.fields import StreamField

from .search_text import CharacterTable, fold_letters

if TYPE_CHECKING:
    from wagtail.models import Page

# Without the underscore, which is a letter for Python and punctuation for the databases.
WORD = re.compile(r"[^\W_]+")
# PostgreSQL refuses words of more than 2 kB. No real word is longer than this.
MAX_WORD_LENGTH = 64
MAX_PAIRS = 20
# Thai, Lao, Tibetan, Burmese, Khmer, Japanese, Chinese and Korean letters.
_DENSE_LETTERS = "\u0e00-\u0eff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U000323af"
_DENSE = re.compile(f"[{_DENSE_LETTERS}]")
_DENSE_OR_NOT = re.compile(f"[{_DENSE_LETTERS}]+|[^{_DENSE_LETTERS}]+")
_APOSTROPHE_S = re.compile(r"[’']s\b")
_TAG = re.compile(r"<[^>]{0,500}>")
_WITHOUT_MARKS = CharacterTable(lambda char: "" if unicodedata.category(char)[0] == "M" else char)


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
    """The folded, stemmed words of a text in order, without punctuation and control characters, as they stand in the index.

    Of scripts that put no space between words, or write endings on to them, there is every character and every pair of them.
    """
    return [one for word in words_of(text) for one in (_pairs(word, with_single=True) if is_dense(word) else [stem(word)])]


def query_stems(word: str) -> list[str]:
    """What to look for to find one of `words_of` a question."""
    return _pairs(word, with_single=False)[:MAX_PAIRS] if is_dense(word) else [stem(word)]


def words_of(text: str) -> list[str]:
    """The folded words of a text, without marks on their letters; those of dense scripts apart from others."""
    letters = fold_letters(_APOSTROPHE_S.sub("", text)).translate(_WITHOUT_MARKS)
    return [part for word in WORD.findall(letters) for part in _DENSE_OR_NOT.findall(word)]


def is_dense(word: str) -> bool:
    return bool(_DENSE.match(word))


def _pairs(word: str, *, with_single: bool) -> list[str]:
    pairs = [word[place : place + 2] for place in range(len(word) - 1)]
    return [*word, *pairs] if with_single else pairs or [word]


def page_stems(page: "Page") -> str:
    """The stems of all readable text of a page: title, standfirst, StreamFields, and its `extra_search_text`."""
    parts = [page.title, getattr(page, "standfirst", ""), *getattr(page, "extra_search_text", list)()]
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            parts += field.stream_block.get_searchable_content(getattr(page, field.name))
    # A tag separates two words: "<li>nurses</li><li>midwives</li>" is not "nursesmidwives".
    return " ".join(stems(unescape(strip_tags(_TAG.sub(" ", " ".join(str(part) for part in parts))))))
