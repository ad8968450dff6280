"""The search index and what is found by it: kept by every change of a page, read by index on both databases."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction
from wagtail.search.backends import get_search_backend
from wagtail.search.models import IndexEntry

from cms.models import SearchEntry
from cms.models.search_entry import SearchWords
from cms.search_entries import index_stale_pages
from core.search_words import query_stems, stem, stems, words_of
from news.models import PostPage
from pages.models import ContentPage
from pages.search import STOP_WORDS, search
from tests.support.news import make_post

TEXTS = [
    ("Zebrafinch quorum", "Nurses of Łódź", "保健工作者在全世界短缺"),
    ("Quorum of nurses", "The zebrafinch", "Médecins et infirmières, 18 million"),
    ("世界の看護師が足りない", "Zebrafinches everywhere", "Здоровье для всех"),
    ("Nurses", "Nurses nurses", "zebrafinch สมาคมพยาบาลแห่งประเทศไทย"),
    ("Health workers", "", "Quorum, zebrafinch; الممرضات في أفريقيا"),
    ("COVID-19 and nursing", "About the quorum", "snake_case R&D 한국의 간호사는 부족하다"),
]
QUESTIONS = [
    *(
        "zebrafinch",
        "quorum",
        "nurses",
        "nurse quorum",
        "zebrafinch nurses quorum",
        "the zebrafinch",
        "lodz",
        "Łódź",
        "medecins",
        "INFIRMIÈRE",
    ),
    *(
        "工作者",
        "看護師",
        "世界",
        "短缺",
        "здоровье",
        "พยาบาล",
        "간호사",
        "افريقيا",
        "18 million",
        "covid 19",
        "snake",
        "r d",
        "health",
        "nothing at all",
    ),
]


def naive(question: str) -> list[str]:
    """The addresses that a search must find, in order, by reading every page."""
    words = [word for word in words_of(question) if stem(word) not in STOP_WORDS] or words_of(question)
    asked = {one for word in words for one in query_stems(word)}
    hits = []
    for page in Page.objects.live().filter(depth__gt=1, alias_of=None).specific():
        if asked <= set(page.search_text().split()):
            title, standfirst = (len(asked & set(stems(text))) for text in (page.title, page.standfirst))
            day = page.date if isinstance(page, PostPage) else None
            hits.append((-title, -standfirst, day is not None, -day.toordinal() if day else 0, page.pk, page.url))
    return [rank[-1] for rank in sorted(hits)]


def found(question: str) -> list[str]:
    first = search(question)
    numbers = range(1, first.page.paginator.num_pages + 1)
    return [hit.url for number in numbers for hit in search(question, page=str(number)).page.object_list]


def test_a_search_finds_what_reading_every_page_would_and_in_the_same_order(home: Any) -> None:
    days = [dt.date(2019, 1, 1), dt.date(2021, 5, 5), dt.date(2021, 5, 5)]
    for number, (title, standfirst, text) in enumerate(TEXTS):
        make_post(title, standfirst=standfirst, text=text, date=days[number % 3], slug=f"post-{number}")
    home.add_child(instance=ContentPage(title="Zebrafinch page", standfirst="A quorum", slug="zebrafinch"))
    for question in QUESTIONS:
        expected = naive(question)
        assert found(question) == expected, question
        results = search(question)
        assert results.total == len(expected) == sum(choice.count for choice in results.facets[0].choices)


def private(page: Page) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type="login")


def moved(page: Page) -> None:
    page.move(ContentPage.objects.live().exclude(pk=page.pk).first(), pos="last-child")


def changed_by_a_former_release(page: Page) -> None:
    """It publishes a page and knows nothing of the entry; the next `run_due` does."""
    Page.objects.filter(pk=page.pk).update(live_revision=page.save_revision())
    SearchEntry.objects.filter(pk=page.pk).update(title_words="")
    assert index_stale_pages(timezone.now()) == "1 pages indexed"
    assert index_stale_pages(timezone.now()) == ""


def written_by_a_former_release(page: Page) -> None:
    SearchEntry.objects.filter(pk=page.pk).delete()
    SearchWords.objects.filter(pk=page.pk).delete()
    assert found("zebrafinch") == []
    assert index_stale_pages(timezone.now()) == "1 pages indexed"


CHANGES: dict[Callable[[Any], object], bool] = {
    (lambda page: page.unpublish()): False,
    (lambda page: Page.objects.filter(pk=page.pk).update(live=False)): False,
    (lambda page: page.delete()): False,
    private: False,
    (lambda page: private(page.get_parent())): False,
    moved: True,
    changed_by_a_former_release: True,
    written_by_a_former_release: True,
    (lambda page: page.create_alias(update_slug="alias")): True,
    (lambda page: call_command("update_index", verbosity=0)): True,
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_becomes_of_a_page_is_known_at_once(home: Any, change: Callable[[Any], object]) -> None:
    above = home.add_child(instance=ContentPage(title="Above", slug="above"))
    page = above.add_child(instance=ContentPage(title="Zebrafinch rooms", slug="rooms"))
    assert found("zebrafinch") == [page.url]
    change(Page.objects.get(pk=page.pk).specific)
    is_found = CHANGES[change]
    assert found("zebrafinch") == ([Page.objects.get(pk=page.pk).url] if is_found else [])
    results = search("zebrafinch")
    assert (results.total, results.facets[0].choices != []) == (is_found, is_found)


def test_the_index_forgets_deleted_pages(home: Any) -> None:
    pages = [home.add_child(instance=ContentPage(title=f"Zebrafinch {slug}", slug=slug)) for slug in ("one", "two")]
    pages[0].delete()
    assert not SearchWords.objects.filter(pk=pages[0].pk).exists()
    SearchEntry.objects.filter(pk=pages[1].pk).delete()
    call_command("update_index", verbosity=0)
    keys = set(SearchEntry.objects.values_list("pk", flat=True))
    assert keys == set(SearchWords.objects.values_list("pk", flat=True))
    assert pages[1].pk in keys


# The admin's search


def listed(client: Client, **parameters: str) -> list[str]:
    response = client.get(reverse("wagtailadmin_pages:search"), parameters)
    return [page.title for page in response.context["object_list"]]


def test_the_admin_finds_pages_by_their_title_the_shortest_first(secretary_client: Client, home: Any) -> None:
    for title in ("Zebrafinches of the north quorum", "Quorum", "The quorum of zebrafinches", "Zebrafinch", "A zebrafinch"):
        make_post(title)
    assert listed(secretary_client, q="zebra") == [
        *("Zebrafinch", "A zebrafinch", "The quorum of zebrafinches", "Zebrafinches of the north quorum")
    ]
    assert listed(secretary_client, q="zebrafinches quor") == ["The quorum of zebrafinches", "Zebrafinches of the north quorum"]
    assert listed(secretary_client, q="zebra", ordering="title")[0] == "A zebrafinch"
    for asked in ("-", "!!", '"', "zebra & |", "zebra*", "'", "a\\"):
        listed(secretary_client, q=asked)


@pytest.mark.parametrize(("operator", "titles"), [("and", ["Zebrafinch"]), ("or", ["Quorum", "Zebrafinch"])])
def test_words_may_stand_in_the_title_and_in_the_text(home: Any, operator: str, titles: list[str]) -> None:
    make_post("Zebrafinch", text="marmot")
    make_post("Quorum", text="marmot zebrafinch")
    make_post("Tapir", text="zebrafinch")
    asked = "zebrafinch marmot" if operator == "and" else "quorum marmot"
    results = get_search_backend().search(
        asked, PostPage.objects.exclude(title="Quorum") if operator == "and" else PostPage, operator=operator
    )
    assert sorted(page.title for page in results) == titles
    assert results.count() == len(titles)


def test_the_indexes_answer(home: Any) -> None:
    """No table of words is read from one end to the other."""
    backend = get_search_backend()
    compilers = [results.query_compiler for results in (backend.search("one two", PostPage), backend.autocomplete("one two", PostPage))]
    entries = [IndexEntry.objects.filter(one.with_words(one.get_config(backend))) for one in compilers]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # which is what it would do for the few rows of a test
    for rows in (SearchWords.objects.filter(words__all=["one", "two"]), *entries):
        plan = rows.explain()
        assert ("Bitmap Index Scan on" if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX 0:M") in plan, plan
        assert not re.search(r"Seq Scan|SCAN wagtailsearch_indexentry\b", plan), plan
