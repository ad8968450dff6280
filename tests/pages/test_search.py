"""Search: the same answers on SQLite and PostgreSQL, whatever is typed."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import PageViewRestriction

from cms.faceted_list import UnknownFilterError
from core.search_words import MAX_WORD_LENGTH, fold, query_stems, stems
from members.models import Organisation
from news.models import Author, SpotlightPage
from pages.models import ContentPage
from pages.search import MAX_WORDS, Fragment, mark_words, search
from tests.support.news import make_post, newsroom, publish

# A title no page of the starting content shares a word with.
TITLE = "Zebrafinch quorum"


def titles(q: str, **filters: str) -> list[str]:
    """All titles found, page after page."""
    first = search(q, **filters)
    pages = [search(q, **filters, page=str(number)) for number in range(1, first.page.paginator.num_pages + 1)]
    return [hit.title for page in pages for hit in page.page.object_list]


# What stands in the text, what is asked, whether it must be found.
MATRIX = [
    ("Médecins Sans Frontières", "medecins sans frontieres", True),
    ("medecins sans frontieres", "MÉDECINS", True),
    ("L’Été à Zürich", "ete zurich", True),
    ("Ångström Straße", "angstrom strasse", True),
    ("A nurse was heard", "nurses", True),
    ("Nurses were heard", "nurse", True),
    ("Nursing homes", "nurses", True),
    ("The migration of midwives", "migrating", True),
    ("They migrated", "migration", True),
    ("policies", "policy", True),
    ("organization", "organisations", True),
    ("organised labour", "organize", True),
    ("doctor's orders", "doctor", True),
    ("the nurses’ union", "nurses union", True),
    ("COVID-19", "covid 19", True),
    ("COVID-19", "covid-19", True),
    ("health-worker migration", "health worker", True),
    ("137 organisations", "137", True),
    ("18 million", "18 million", True),
    ("İstanbul", "istanbul", True),
    ("Здоровье для всех", "здоровье", True),
    ("عاملو الصحة", "الصحة", True),
    ("保健工作者", "保健工作者", True),
    ("snake_case", "snake", True),
    ("one two three", "three one", True),
    ("one two three", "one four", False),
    ("nurse", "nursery rhyme", False),
    ("Uganda", "ugandan", False),
    ("about the way forward", "how is the way forward", True),
    ("<li>nurses</li><li>midwives</li>", "midwives", True),
    ("R&amp;D", "r d", True),
    ("Nurses in Łódź and Tromsø", "lodz tromso", True),
    ("Nurses in Lodz", "Łódź", True),
    ("Đakovo, Þingvellir, Æbleskiver", "dakovo thingvellir aebleskiver", True),
    ("保健工作者在全世界短缺", "工作者", True),
    ("保健工作者在全世界短缺", "短缺", True),
    ("保健工作者在全世界短缺", "健", True),
    ("保健工作者在全世界短缺", "护士", False),
    ("世界の看護師が足りない", "看護師", True),
    ("ガーナの看護師", "ｶﾞｰﾅ", True),
    ("สมาคมพยาบาลแห่งประเทศไทย", "พยาบาล", True),
    ("สมาคมพยาบาลแห่งประเทศไทย", "ที่ดิน", False),
    ("សមាគមគិលានុបដ្ឋាកកម្ពុជា", "កម្ពុជា", True),
    ("ສະມາຄົມພະຍາບານລາວ", "ພະຍາບານ", True),
    ("မြန်မာသူနာပြုအသင်း", "သူနာပြု", True),
    ("한국의 간호사는 부족하다", "간호사", True),
    ("नर्सों की कमी", "नर्सों", True),
    ("الممرضات في أفريقيا", "افريقيا", True),
    ("Медсёстры", "медсестры", True),
    ("Οι νοσηλευτές", "ΝΟΣΗΛΕΥΤΕΣ", True),
    ("Điều dưỡng Việt Nam", "dieu duong viet nam", True),
]


@pytest.mark.parametrize(("text", "asked", "found"), MATRIX)
def test_words_are_found_in_any_form(home: Any, text: str, asked: str, found: bool) -> None:
    make_post(TITLE, text=text)
    assert (titles(f"{asked} zebrafinch") == [TITLE]) is found


@pytest.mark.parametrize("asked", ["zebrafinch", "Quorum", "ZEBRAFINCHES", "quorums zebrafinch"])
def test_a_title_is_found(home: Any, asked: str) -> None:
    make_post(TITLE)
    assert titles(asked) == [TITLE]


HARMLESS = [
    "",
    " ",
    '"',
    "'",
    '"""',
    "*",
    "zebrafinch*",
    '"zebrafinch',
    "NEAR(zebrafinch quorum)",
    "zebrafinch AND",
    "OR OR",
    "NOT zebrafinch",
    "title:zebrafinch",
    "body : x",
    "{title} : x",
    "^zebrafinch",
    "-zebrafinch",
    "zebrafinch & | !",
    "zebrafinch:*",
    "<-> !!",
    "\\",
    "%",
    "a" * 5000,
    "word " * 900,
    "😀",
    "\u202eabc",
    "\x0b\x1b",
    "\ufffe",
    "𞤀𞤣𞤤𞤢𞤥",
    "x'); DROP TABLE news_postpage; --",
    "²½①",
    "e\u0301" * 50,
]


def test_signs_and_operators_are_harmless(client: Client, home: Any) -> None:
    make_post(TITLE)
    for asked in HARMLESS:
        search(asked)
        if len(asked) < 4000:
            assert client.get("/search/", {"q": asked}).status_code == 200, asked


def test_operators_are_words_or_nothing(home: Any) -> None:
    make_post(TITLE)
    for asked in ("zebrafinch AND quorum", "zebrafinch*", '"zebrafinch quorum"', "zebrafinch & quorum"):
        assert titles(asked) == [TITLE], asked


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_nothing_that_can_be_typed_breaks_search(asked: str) -> None:
    search(asked.replace("\0", ""))


def test_only_signs_get_a_clear_word(client: Client, home: Any) -> None:
    page = client.get("/search/", {"q": '"?!*'}).content.decode()
    assert "at least one word" in page


def test_a_long_question_is_cut_and_says_so(home: Any) -> None:
    make_post("Alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima")
    asked = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november"
    results = search(asked)
    assert results.total == 1
    assert len(asked.split()) > MAX_WORDS
    assert "first words" in str(results.hint)


def test_nothing_found_is_said(client: Client, home: Any) -> None:
    response = client.get("/search/", {"q": "quetzalcoatlus"})
    assert response.status_code == 200
    assert "No page has all of these words" in response.content.decode()


def test_an_empty_search_shows_the_form(client: Client, home: Any) -> None:
    response = client.get("/search/")
    assert response.status_code == 200
    assert 'name="q"' in response.content.decode()


# What may not be found


def test_drafts_are_not_found(home: Any) -> None:
    post = make_post(TITLE, live=False)
    assert titles("zebrafinch") == []
    publish(post)
    assert titles("zebrafinch") == [TITLE]
    type(post).objects.get(pk=post.pk).unpublish()
    assert titles("zebrafinch") == []


def test_a_draft_of_a_published_page_is_not_found(home: Any) -> None:
    post = make_post(TITLE)
    post.title = "Capybara assembly"
    post.save_revision()
    assert titles("capybara") == []
    assert titles("zebrafinch") == [TITLE]


@pytest.mark.parametrize("kind", [PageViewRestriction.PASSWORD, PageViewRestriction.LOGIN, PageViewRestriction.GROUPS])
def test_private_pages_and_what_stands_below_them_are_never_found(home: Any, kind: str) -> None:
    page = ContentPage(title="Zebrafinch rooms", slug="rooms")
    home.add_child(instance=page)
    below = ContentPage(title="Zebrafinch cellar", slug="cellar")
    page.add_child(instance=below)
    assert len(titles("zebrafinch")) == 2
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind, password="x")
    if kind == PageViewRestriction.GROUPS:
        restriction.groups.set(Group.objects.all()[:1])
    assert titles("zebrafinch") == []
    restriction.delete()
    assert len(titles("zebrafinch")) == 2


def test_pages_kept_from_search_engines_are_found_here(home: Any) -> None:
    make_post(TITLE, noindex=True)
    assert titles("zebrafinch") == [TITLE]


# Names


def test_authors_and_their_organisations_are_found(home: Any) -> None:
    organisation = Organisation.objects.create(name="Ocelot Alliance", slug="ocelot")
    person = Author.objects.create(name="Quilla Ramírez", slug="quilla", organisation=organisation)
    other = Author.objects.create(name="Somebody Else", slug="else", organisation_name="Tapir Trust")
    make_post(TITLE, authors=[person, other])
    for asked in ("quilla ramirez", "ocelot", "tapir trust", "quilla tapir zebrafinch"):
        assert titles(asked) == [TITLE], asked


def test_a_new_name_is_found_at_once(home: Any) -> None:
    organisation = Organisation.objects.create(name="Ocelot Alliance", slug="ocelot")
    person = Author.objects.create(name="Quilla Ramírez", slug="quilla", organisation=organisation)
    make_post(TITLE, authors=[person])
    person.name = "Quilla Xanadu"
    person.save()
    assert titles("xanadu") == [TITLE]
    organisation.name = "Jaguarundi Alliance"
    organisation.save()
    assert titles("jaguarundi") == [TITLE]


def test_the_person_of_a_spotlight_is_found(home: Any) -> None:
    organisation = Organisation.objects.create(name="Ocelot Alliance", slug="ocelot")
    make_post(TITLE, cls=SpotlightPage, kind="spotlight", person_name="Quilla Ramírez", organisation=organisation)
    assert titles("quilla") == titles("ocelot") == [TITLE]


def test_recipients_signatories_and_events_are_found(home: Any) -> None:
    make_post(TITLE, addressed_to="Ministry of Marmots", signatories="Ocelot Alliance\nTapir Trust", event_place="Ulaanbaatar")
    for asked in ("marmots", "tapir", "ulaanbaatar"):
        assert titles(asked) == [TITLE], asked


def test_the_starting_content_is_found(home: Any) -> None:
    assert any("Bukenya" in title for title in titles("bukenya"))
    assert titles("abduction") != []
    assert titles("steering committee") != []


# Order, facets, pages


def test_title_matches_come_first_then_standfirst_then_text(home: Any) -> None:
    make_post("First in the text", text="A zebrafinch in the quorum, zebrafinch zebrafinch zebrafinch.", date=date(2022, 3, 3))
    make_post("Second in the standfirst", standfirst="About the zebrafinch and its quorum.", date=date(2022, 2, 2))
    make_post("Zebrafinches have a quorum", date=date(2019, 1, 1))
    make_post("Zebrafinch only", text="quorum", date=date(2023, 1, 1))
    assert titles("zebrafinch quorum") == ["Zebrafinches have a quorum", "Zebrafinch only", "Second in the standfirst", "First in the text"]


def test_of_equals_pages_come_first_then_the_newest(home: Any) -> None:
    make_post("Zebrafinch old", date=date(2019, 1, 1))
    make_post("Zebrafinch new", date=date(2022, 1, 1))
    home.add_child(instance=ContentPage(title="Zebrafinch page", slug="zebrafinch-page"))
    assert titles("zebrafinch") == ["Zebrafinch page", "Zebrafinch new", "Zebrafinch old"]


@pytest.fixture
def zebrafinches(home: Any) -> None:
    for number, (kind, year) in enumerate([("opinion", 2019), ("opinion", 2020), ("opinion", 2020), ("statement", 2020), ("news", 2021)]):
        make_post(f"Zebrafinch {number}", kind=kind, date=date(year, 5, 1 + number))
    home.add_child(instance=ContentPage(title="Zebrafinch page", slug="zebrafinch-page"))


def counts(facet: Any) -> dict[str, int]:
    return {choice.label: choice.count for choice in facet.choices}


def test_facets_count_under_the_other_filter(zebrafinches: None) -> None:
    kind, year = search("zebrafinch").facets
    assert counts(kind) == {"Opinion": 3, "Coalition page": 1, "News": 1, "Statement": 1}
    assert counts(year) == {"2021": 1, "2020": 3, "2019": 1}
    kind, year = search("zebrafinch", year="2020").facets
    assert counts(kind) == {"Opinion": 2, "Statement": 1}
    assert counts(year) == {"2021": 1, "2020": 3, "2019": 1}
    assert search("zebrafinch", kind="opinion", year="2020").total == 2
    assert search("zebrafinch", kind="page").total == 1
    assert search("zebrafinch", kind="briefing", year="2020").total == 0


def test_every_link_of_a_facet_leads_to_as_many_as_it_says(client: Client, zebrafinches: None) -> None:
    for query in ("", "&kind=opinion", "&year=2020", "&kind=opinion&year=2020"):
        results = client.get(f"/search/?q=zebrafinch{query}").context["results"]
        for facet in results.facets:
            for choice in facet.choices:
                there = client.get(choice.href)
                assert there.status_code == 200
                if not choice.chosen:
                    assert there.context["results"].total == choice.count, choice


def test_results_come_in_numbered_pages_that_keep_the_question(client: Client, home: Any) -> None:
    for number in range(23):
        make_post(f"Zebrafinch {number}", kind="news")
    results = client.get("/search/?q=zebrafinch&kind=news").context["results"]
    assert results.total == 23
    assert [number for number, _ in results.pages()] == [1, 2, 3]
    seen = [hit.title for _, href in results.pages() for hit in client.get(href).context["results"].page.object_list]
    assert len(seen) == len(set(seen)) == 23


def test_what_does_not_exist_is_a_clear_404(client: Client, home: Any) -> None:
    make_post(TITLE)
    for query in ("kind=gossip", "year=0000", "year=99999", "year=abc", "page=abc", "page=0", "page=99999", "page=-1", "page=1.0"):
        response = client.get(f"/search/?q=zebrafinch&{query}")
        assert response.status_code == 404, query
        assert "There is no" in response.content.decode() or "There is nothing" in response.content.decode()


def test_an_unknown_filter_is_an_error_of_its_own(home: Any) -> None:
    with pytest.raises(UnknownFilterError):
        search("x", kind="gossip")


def test_the_question_is_shown_as_text(client: Client, home: Any) -> None:
    page = client.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_results_are_not_for_search_engines(client: Client, home: Any) -> None:
    assert '<meta name="robots" content="noindex">' in client.get("/search/?q=nurse").content.decode()


def test_a_search_costs_few_queries(client: Client, home: Any, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        make_post(f"Zebrafinch {number}")
    with django_assert_max_num_queries(12):
        client.get("/search/?q=zebrafinch")
    with django_assert_max_num_queries(4):
        assert client.get("/search/?q=zebrafinch&page=2").context["results"].total == 12


def test_a_hit_leads_to_its_page(client: Client, home: Any) -> None:
    make_post(TITLE)
    [hit] = search("zebrafinch").page.object_list
    assert hit.url == f"{newsroom().url}zebrafinch-quorum/"
    assert client.get(hit.url).status_code == 200


def test_words_that_were_asked_are_marked() -> None:
    asked = frozenset(stems("nurses covid"))
    assert mark_words("Nurses’ rights: COVID-19", asked) == [
        Fragment("Nurses", marked=True),
        Fragment("’ rights: ", marked=False),
        Fragment("COVID", marked=True),
        Fragment("-19", marked=False),
    ]
    assert "".join(fragment.text for fragment in mark_words("Médecins & <b>nurse</b>", asked)) == "Médecins & <b>nurse</b>"


@given(st.text(max_size=200))
def test_stems_are_plain_words(text: str) -> None:
    for word in stems(text):
        assert word
        assert len(word) <= MAX_WORD_LENGTH
        assert not set(word) & set(" \t\n\"'*:()&|!\\\0")


@given(st.text(max_size=100))
def test_marking_loses_nothing(text: str) -> None:
    assert "".join(fragment.text for fragment in mark_words(text, frozenset(stems(text)[:3]))) == text


@pytest.mark.one_database
def test_of_a_sentence_without_spaces_what_was_asked_is_marked() -> None:
    assert mark_words("全世界的保健工作者", frozenset(query_stems("工作者"))) == [
        Fragment("全世界的保健", marked=False),
        Fragment("工作者", marked=True),
    ]


def test_folding() -> None:
    assert fold("Médecins ÇA Straße") == "medecins ca strasse"
