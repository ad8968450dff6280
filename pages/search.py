"""Searching the site: one function over posts and pages, with the same answer on SQLite and PostgreSQL.

The database only says which pages hold all the words (folded and stemmed on both sides, see `core.search_words`). Order, counts and
facets are worked out here from one row per match, so they do not depend on how a database weighs words, and cost no further query.

Pages kept out of search engines (`noindex`) are found here: the help text promises to hide them from search engines, not from readers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from cms.faceted_list import FacetedList
from cms.public_pages import page_urls, public_pages, site_page_field
from core.search_words import WORD, fold, stem, stems
from news.states import Kind

MOST_WORDS = 12
LONGEST_TEXT = 300
PAGE = "page"
KINDS: dict[str, Any] = {**dict(Kind.choices), PAGE: _("Coalition page")}
YEARS = {str(year): str(year) for year in range(1900, 2101)}
# Words that stand in nearly every English text. They are not asked for, unless nothing else is.
EMPTY_WORDS = frozenset(
    stem(word)
    for word in [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "me",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "she",
        "so",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; `marked` when it is one of the words that were asked for."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Hit:
    """A page that holds all the words. `when` is None for a page without a date."""

    pk: int
    title: str
    standfirst: str
    kind: str
    when: date | None
    is_approximate: bool
    asked: frozenset[str]

    def values(self, facet: str) -> Iterable[str]:
        if facet == "kind":
            return (self.kind,)
        return (f"{self.when.year:04d}",) if self.when else ()

    @property
    def rank(self) -> tuple[int, int, bool, int]:
        """First what has most of the words in its title, then in its standfirst; of equals the coalition's pages, then the newest."""
        title, standfirst = (len(self.asked & set(stems(text))) for text in (self.title, self.standfirst))
        return -title, -standfirst, self.kind != PAGE, -(self.when.toordinal() if self.when else 0)

    @property
    def kind_label(self) -> str:
        return str(KINDS[self.kind])

    @property
    def url(self) -> str:
        return page_urls().get(self.pk, "")

    @property
    def marked_title(self) -> list[Piece]:
        return mark(self.title, self.asked)

    @property
    def marked_standfirst(self) -> list[Piece]:
        return mark(self.standfirst, self.asked)


def mark(text: str, asked: frozenset[str]) -> list[Piece]:
    """The text in pieces, so that a template can set off the words whose stem was asked for."""
    pieces, end = [], 0
    for found in WORD.finditer(text):
        if asked.isdisjoint(stem(part) for part in WORD.findall(fold(found[0]))):
            continue
        pieces += [Piece(text[end : found.start()], marked=False), Piece(found[0], marked=True)]
        end = found.end()
    return [piece for piece in (*pieces, Piece(text[end:], marked=False)) if piece.text]


class Results(FacetedList):
    """One page of what was found, with facets. `text` is what was asked, `hint` what the reader should know about it."""

    per_page = 10
    labels = {"kind": _("Kind"), "year": _("Year")}

    def __init__(self, text: str, hits: list[Hit], query: Mapping[str, Any], hint: Any = ""):
        self.text, self.hint = text, hint
        super().__init__(str(reverse_lazy("search")), hits, {"kind": KINDS, "year": YEARS}, query)


def search(q: str, kind: str = "", year: str = "", page: str = "") -> Results:
    """What was found for a reader's words, whatever they typed. Raises UnknownFilterError for a kind, year or page that does not exist.

    All words must be there, in any form and order. Three queries at most, however many posts there are.
    """
    text = " ".join(q.split())
    asked = list(dict.fromkeys(stems(text[:LONGEST_TEXT])))
    words = [word for word in asked if word not in EMPTY_WORDS] or asked
    hint: Any = ""
    if text and not words:
        hint = _("Type at least one word or number; signs alone find nothing.")
    elif len(words) > MOST_WORDS or len(text) > LONGEST_TEXT:
        hint = _("That is a long question. Only its first words were searched for.")
    words = words[:MOST_WORDS]
    hits = sorted(_matching(words), key=lambda hit: (hit.rank, hit.pk)) if words else []
    return Results(text[:LONGEST_TEXT], hits, {"kind": kind, "year": year, "page": page}, hint)


def _matching(words: list[str]) -> Iterable[Hit]:
    found = public_pages().search(" ".join(words), operator="and", order_by_relevance=False).get_queryset()
    rows = found.annotate(
        standfirst=site_page_field("standfirst"),
        kind=F("postpage__kind"),
        when=F("postpage__date"),
        approximate=F("postpage__date_inferred"),
    ).values_list("pk", "title", "standfirst", "kind", "when", "approximate")
    asked = frozenset(words)
    for pk, title, standfirst, kind, when, approximate in rows:
        yield Hit(pk, title, standfirst or "", kind or PAGE, when, bool(approximate), asked)
