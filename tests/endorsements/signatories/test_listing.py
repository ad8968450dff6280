"""The public list of names: its order, filters, words and pages, what of a person it shows, and that leafing reads only the index."""

import re
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.utils import timezone

from endorsements.models import Endorsement
from endorsements.models.sign_on import sign_on_of
from endorsements.signatories.counts import fresh_counts
from endorsements.signatories.listing import SignatoryList, initial_signatories, public_signatories
from endorsements.signing import workflow as signing
from endorsements.states import Kind, Source, State
from tests.support.declarations import PERSON, confirmed, open_declaration, recorded
from tests.support.reader import Reader
from tests.support.signatories import fill, list_names


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def names(client: Client, address: str) -> list[str]:
    return re.findall(
        r"<li>([^<]+?)(?: <small>|</li>)", text(client, address).partition('class="signatory-group"')[2].partition("</main>")[0]
    )


# Order and pages


@pytest.mark.django_db
def test_organisations_stand_before_people_each_by_the_alphabet(client: Client, home: Any) -> None:
    page = open_declaration()
    list_names(page, "The Zebra Trust", "Éclair", "ecology now", "“Dawn”", "Ärzte")
    list_names(page, "Łukasz Zając", "Ada Okafor", "王芳", "4 nurses", kind=Kind.PERSON)
    expected = ["Ärzte", "“Dawn”", "Éclair", "ecology now", "The Zebra Trust", "4 nurses", "Ada Okafor", "Łukasz Zając", "王芳"]
    assert names(client, f"{page.url}signatories/") == expected


@pytest.mark.django_db
def test_every_name_is_on_exactly_one_page_of_a_hundred(client: Client, home: Any) -> None:
    page = open_declaration()
    fill(page, 130, 90)
    list_names(page, "Same Name", key="one")
    list_names(page, "Same Name", key="two")
    pages = [names(client, f"{page.url}signatories/?page={number}") for number in (1, 2, 3)]
    assert [len(on_page) for on_page in pages] == [100, 100, 7]
    assert [name for on_page in pages for name in on_page] == [row.name for row in public_signatories(page)]
    html = text(client, f"{page.url}signatories/?page=2")
    assert "207 names, page 2" in " ".join(re.sub(r"<[^>]+>", "", html).split())
    assert "prefer not to be named" not in html
    assert "15 more people endorsed it and prefer not to be named." in text(client, f"{page.url}signatories/?page=3")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["country=XX", "country=ug", "kind=robot", "type=ngo%27", "letter=AA", "letter=Q", "page=2", "page=0", "page=x"]
)
def test_what_does_not_exist_is_said_and_leads_back(client: Client, home: Any, query: str) -> None:
    page = open_declaration()
    list_names(page, "Midwives of Gulu")
    response = client.get(f"{page.url}signatories/?{query}")
    assert response.status_code == 404
    html = response.content.decode()
    assert "There is n" in html
    assert f'href="{page.url}signatories/"' in html
    assert 'name="robots" content="noindex"' in html


# Narrowing


@pytest.mark.django_db
def test_filters_narrow_and_count_each_other(client: Client, home: Any) -> None:
    page = open_declaration()
    list_names(page, "Midwives of Gulu", "Nurses of Gulu", organisation_kind="union")
    list_names(page, "Wemos", "Medicus", country="NL", organisation_kind="ngo")
    list_names(page, "Mary Nakato", "Moses Okello", kind=Kind.PERSON, country="UG")
    base = f"{page.url}signatories/"
    assert names(client, f"{base}?country=UG") == ["Midwives of Gulu", "Nurses of Gulu", "Mary Nakato", "Moses Okello"]
    assert names(client, f"{base}?country=UG&kind=person") == ["Mary Nakato", "Moses Okello"]
    assert names(client, f"{base}?type=ngo") == ["Medicus", "Wemos"]
    assert names(client, f"{base}?letter=M") == ["Medicus", "Midwives of Gulu", "Mary Nakato", "Moses Okello"]
    assert names(client, f"{base}?letter=M&country=UG&kind=organisation") == ["Midwives of Gulu"]
    assert names(client, f"{base}?letter=W&country=UG") == []
    assert "Nothing matches all these filters." in text(client, f"{base}?letter=W&country=UG")
    roll = client.get(f"{base}?country=UG&not-kept=1").context["signatories"]
    assert {facet.name: {choice.label: choice.count for choice in facet.choices} for facet in roll.facets} == {
        "kind": {"Organisations": 2, "People": 2},
        "type": {"Trade union": 2},
        "country": {"Uganda": 4, "Netherlands": 2},
        "letter": {"M": 3, "N": 1},
    }
    assert [letter.label for letter in client.get(base).context["signatories"].letters] == ["M", "N", "W"]


@pytest.mark.django_db
def test_letters_are_those_of_the_alphabet_and_one_for_all_else(client: Client, home: Any) -> None:
    page = open_declaration()
    list_names(page, "Zebra", "ZZ Top", "Éclair", "王芳", "4 nurses", "Ørsted")
    base = f"{page.url}signatories/"
    assert [letter.label for letter in client.get(base).context["signatories"].letters] == ["E", "O", "Z", "#"]
    assert names(client, f"{base}?letter=Z") == ["Zebra", "ZZ Top"]
    assert names(client, f"{base}?letter=%23") == ["4 nurses", "王芳"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("medecins", ["Médecins du Monde"]),
        ("MÉDECINS monde", ["Médecins du Monde"]),
        ("msf", ["Doctors (MSF)"]),
        ("orsted lodz", ["Ørsted Łódź"]),
        ("ØRSTED", ["Ørsted Łódź"]),
        ("enugu", ["Ngozi Okafor"]),
        ("100%", ["100% Health"]),
        ("_", []),
        ("' OR 1=1 --", []),
        ("x" * 5000, []),
    ],
)
def test_words_find_names_without_their_accents(client: Client, home: Any, words: str, found: list[str]) -> None:
    page = open_declaration()
    list_names(page, "Médecins du Monde", "100% Health", "Wemos", "Ørsted Łódź")
    list_names(page, "Doctors", acronym="MSF")
    list_names(page, "Ngozi Okafor", kind=Kind.PERSON, affiliation="Enugu Clinic")
    response = client.get(f"{page.url}signatories/", {"q": words[:3000]})
    assert [one.name for one in response.context["signatories"].page.object_list] == found
    assert ("No name in the list has these words." in response.content.decode()) is not bool(found)


@pytest.mark.django_db
def test_words_stay_when_a_filter_is_chosen_and_filters_when_words_are(client: Client, home: Any) -> None:
    page = open_declaration()
    list_names(page, "Midwives of Gulu", "Midwives of Lira", "Nurses of Gulu")
    list_names(page, "Midwives of Enugu", country="NG")
    html = text(client, f"{page.url}signatories/?q=midwives&country=UG")
    assert f'href="{page.url}signatories/?q=midwives&amp;country=NG"' in html
    assert '<input type="hidden" name="country" value="UG">' in html
    assert f'<a href="{page.url}signatories/?country=UG">Show all</a>' in html
    assert names(client, f"{page.url}signatories/?q=midwives&country=UG") == ["Midwives of Gulu", "Midwives of Lira"]


@pytest.mark.django_db
def test_words_and_crossed_filters_do_not_push_out_pages(reader: Reader) -> None:
    page = open_declaration()
    fill(page, 60, 60)
    base = f"{page.url}signatories/"
    reader.get(base)

    def kept(*queries: str) -> int:
        before = len(reader.layer.stores["page"])
        for query in queries:
            reader.get(f"{base}?{query}")
        return len(reader.layer.stores["page"]) - before

    assert kept("q=a", "q=b", "q=c", "country=UG&letter=M", "country=ZZ", "x=1", "country=UG&country=UG", "country=") == 0
    assert kept("country=UG", "letter=M", "type=ngo", "kind=person&page=1") == 4


# Who is shown


@pytest.mark.django_db
def test_only_who_is_listed_is_shown_and_a_person_only_as_they_wish(client: Client, home: Any) -> None:
    recorded()
    page = open_declaration()
    for state in (State.CONFIRMED, State.HELD, State.DECLINED, State.WITHDRAWN, State.ERASED):
        list_names(page, f"Secret {state}", state=state)
    confirmed(page)
    hidden = confirmed(page, PERSON, show_name=False)
    base = f"{page.url}signatories/"
    html = text(client, base)
    assert "Midwives of Gulu" in html
    assert "One more person endorsed it and prefers not to be named." in html
    for secret in ("Secret", "Ngozi", "Enugu", "Akello", "Director", "@"):
        assert secret not in html.partition("<main")[2].partition("</main>")[0], secret
    signing.change_consent(hidden, purpose="show_name", given=True, language="en", now=timezone.now())  # type: ignore[arg-type]
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=1), tick=False):
        assert "Ngozi Okafor <small>Nurse, Enugu Clinic, Nigeria</small>" in text(client, base)


@pytest.mark.django_db
def test_nothing_tells_of_the_name_of_who_is_not_named(client: Client, home: Any) -> None:
    """Neither a letter nor a word may answer differently because of somebody who wants only to be counted."""
    page = open_declaration()
    list_names(page, "Midwives of Gulu", "Wemos")
    list_names(page, "Ngozi Okafor", kind=Kind.PERSON, show_name=False, country="NG", affiliation="Enugu Clinic")
    base = f"{page.url}signatories/"
    roll = client.get(base).context["signatories"]
    assert [letter.label for letter in roll.letters] == ["M", "W"]
    assert client.get(f"{base}?letter=N").status_code == 404
    for query in ("q=ngozi", "q=enugu", "letter=M", "kind=organisation"):
        assert "not to be named" not in text(client, f"{base}?{query}"), query
    assert "One more person endorsed it" in text(client, f"{base}?country=NG")
    assert "not to be named" not in text(client, f"{base}?country=UG")


@pytest.mark.django_db
def test_who_withdrew_in_public_is_told_on_the_last_page(client: Client, home: Any) -> None:
    page = open_declaration()
    for name, shown in (("Silent Trust", False), ("Loud Trust", True)):
        signing.withdraw(list_names(page, name)[0], shown=shown, now=timezone.now())
    person = list_names(page, "Shy Person", kind=Kind.PERSON, show_name=False)[0]
    signing.withdraw(person, shown=True, now=timezone.now())
    fill(page, 101, 0)
    first, last = (text(client, f"{page.url}signatories/?page={number}") for number in (1, 2))
    assert "Loud" not in first
    assert "Loud Trust <small>Uganda · withdrawn on" in last
    for html in (first, last, text(client, f"{page.url}signatories/?country=KE")):
        assert "Silent" not in html
        assert "Shy" not in html
    assert fresh_counts(page).total == 101


@pytest.mark.django_db
def test_all_names_stand_on_one_page_to_print(client: Client, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_declaration()
    fill(page, 130, 30)
    list_names(page, "Wemos", source=Source.INITIAL)
    address = f"{page.url}signatories/all/"
    assert names(client, address) == [row.name for row in public_signatories(page)]
    html = text(client, address)
    assert "Wemos <small>Uganda · initial signatory</small>" in html
    assert "5 more people" in html
    monkeypatch.setattr("endorsements.signatories.views.MAX_ON_ONE_PAGE", 140)
    caches["pages"].clear()
    html = text(client, address)
    assert "There are 156 names, too many for one page." in html
    assert f'href="{page.url}signatories.csv"' in html
    assert "Wemos" in html
    assert "Okafor" not in html


# A hundred thousand


@pytest.mark.django_db
def test_leafing_and_counting_ask_the_indexes(home: Any) -> None:
    """`./run bench` measures what this buys."""
    page = open_declaration()
    if connection.vendor != "sqlite":
        pytest.skip("other databases choose by what a table holds: the benchmark shows their choice among 100,000 names")
    plans = {
        "endorsement_list": SignatoryList(page, {"page": "1"}).keys[:100],
        "endorsement_source": initial_signatories(page)[:60],
        "endorsement_moments": Endorsement.objects.for_declaration(page).listed().order_by("listed_at").values("listed_at")[9:10],
        "endorsement_counts": Endorsement.objects.for_declaration(page)
        .listed()
        .order_by()
        .values("kind", "show_name", "country")
        .distinct(),
        "endorsement_version": Endorsement.objects.listed().filter(version=sign_on_of(page).version).order_by().values("version_id"),
    }
    for index, rows in plans.items():
        assert index in rows.explain(), index
        assert "TEMP B-TREE" not in rows.explain(), index
        # What leads to few rows may read them.
        assert "COVERING" in rows.explain() or index == "endorsement_source", index
