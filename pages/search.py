"""The search over posts and pages, with the same results on SQLite and PostgreSQL.

Pages are found by their folded, stemmed words (`core.search_words`), ordered and counted by the database from one narrow row per page
(`cms.models.SearchEntry`). Only the hits shown are loaded.

Pages with `noindex` are found too: they are hidden from search engines, not from readers.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cms.faceted_list import FacetedList
from cms.models import SearchEntry
from cms.models.search_entry import PAGE
from cms.public_pages import public_pages, site_page_field, url_of
from core.search_words import is_dense, query_stems, stem, stems, words_of
from news.states import Kind

MAX_WORDS = 12
MAX_TEXT_LENGTH = 300
_WORD_WITH_MARKS = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u0900-\u0eff\u0f00-\u109f\u1780-\u17ff](?!\s))*")
KINDS: dict[str, Any] = {**dict(Kind.choices), PAGE: _("Coalition page")}
YEARS = {str(year): str(year) for year in range(1900, 2101)}
# Words of nearly every English text. They are ignored unless a query has no others.
_STOP_WORDS = """
a an and are as at be been but by can could did do does for from had has have he her his how i if in into is it its me my no not of on or
our she so than that the their them then there these they this those to was we were what when where which who why will with would you your
"""
STOP_WORDS = frozenset(map(stem, _STOP_WORDS.split()))


@dataclass(frozen=True)
class Fragment:
    """A part of a text; `marked` if it is one of the words searched for."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Hit:
    """A page that contains all words. `posted_on` is None for a page without a date."""

    url: str
    title: str
    standfirst: str
    kind: str
    posted_on: date | None
    is_approximate: bool
    query_stems: frozenset[str]

    @property
    def kind_label(self) -> str:
        return str(KINDS[self.kind])

    @property
    def marked_title(self) -> list[Fragment]:
        return mark_words(self.title, self.query_stems)

    @property
    def marked_standfirst(self) -> list[Fragment]:
        return mark_words(self.standfirst, self.query_stems)


def mark_words(text: str, asked: frozenset[str]) -> list[Fragment]:
    """The text in fragments, with the words marked whose stem is one of those `asked`; of dense scripts the characters."""
    fragments, end = [], 0
    for found in _WORD_WITH_MARKS.finditer(text):
        for start, stop in _matches(found, asked):
            fragments += [Fragment(text[end:start], marked=False), Fragment(text[start:stop], marked=True)]
            end = stop
    return [fragment for fragment in (*fragments, Fragment(text[end:], marked=False)) if fragment.text]


def _matches(found: re.Match[str], asked: frozenset[str]) -> list[tuple[int, int]]:
    """The places in a word to be marked: all of it, or in a dense script where the pairs of characters stand that were asked for."""
    if asked.isdisjoint(stems(found[0])):
        return []
    if not all(map(is_dense, words_of(found[0]))):
        return [found.span()]
    start, marked = found.start(), set()
    for place in range(len(found[0])):
        for piece in (found[0][place : place + 1], found[0][place : place + 2]):
            if "".join(words_of(piece)) in asked:
                marked |= set(range(place, place + len(piece)))
    edges = [place for place in range(len(found[0]) + 1) if (place in marked) != (place - 1 in marked)]
    return [(start + edges[index], start + edges[index + 1]) for index in range(0, len(edges), 2)] or [found.span()]


class Results(FacetedList):
    """One page of search results, with facets. `text` is the query, `hint` a remark about it."""

    per_page = 10
    labels = {"kind": _("Kind"), "year": _("Year")}
    fields = {"kind": "kind", "year": "year"}

    def __init__(self, text: str, asked: list[str], query: Mapping[str, Any], hint: Any = ""):
        self.text, self.asked, self.hint = text, asked, hint
        found = SearchEntry.objects.public().with_words(asked).best_first(asked) if asked else SearchEntry.objects.none()
        super().__init__(str(reverse_lazy("search")), found, {"kind": KINDS, "year": YEARS}, query)

    @cached_property
    def numbers(self) -> Counter[tuple[str, str]]:
        """How many pages were found of each kind and year, in one query for all facets. Without a year: ""."""
        rows = self.all_rows.order_by().values_list("kind", "year").annotate(Count("pk"))
        return Counter({(kind, str(year or "")): number for kind, year, number in rows})

    @cached_property
    def total(self) -> int:
        return sum(self.count("kind", self.filters).values())

    def count(self, facet: str, filters: Mapping[str, str]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for values, number in self.numbers.items():
            found = dict(zip(self.labels, values, strict=True))
            if found[facet] and all(found[name] == value for name, value in filters.items()):
                counts[found[facet]] += number
        return counts

    def load(self, keys: list[int]) -> list[Hit]:
        """The pages as they now are: one that has been unpublished meanwhile is left out."""
        pages = public_pages().annotate(
            standfirst=site_page_field("standfirst"),
            kind=F("postpage__kind"),
            posted_on=F("postpage__date"),
            approximate=F("postpage__date_inferred"),
        )
        fields = ("url_path", "title", "standfirst", "kind", "posted_on", "approximate")
        found = {pk: shown for pk, *shown in pages.filter(pk__in=keys).values_list("pk", *fields)}
        asked = frozenset(self.asked)
        return [
            Hit(url_of(path), title, standfirst or "", kind or PAGE, posted_on, bool(approximate), asked)
            for path, title, standfirst, kind, posted_on, approximate in (found[pk] for pk in keys if pk in found)
        ]


def search(q: str, kind: str = "", year: str = "", page: str = "") -> Results:
    """The results for any text. Raises UnknownFilterError for a kind, year or page that does not exist.

    Pages must contain all words, in any form and order. At most three queries, however many posts there are.
    """
    text = " ".join(q.split())
    words = list(dict.fromkeys(words_of(text[:MAX_TEXT_LENGTH])))
    words = [word for word in words if stem(word) not in STOP_WORDS] or words
    hint: Any = ""
    if text and not words:
        hint = _("Type at least one word or number; signs alone find nothing.")
    elif len(words) > MAX_WORDS or len(text) > MAX_TEXT_LENGTH:
        hint = _("That is a long question. Only its first words were searched for.")
    asked = list(dict.fromkeys(one for word in words[:MAX_WORDS] for one in query_stems(word)))
    return Results(text[:MAX_TEXT_LENGTH], asked, {"kind": kind, "year": year, "page": page}, hint)
