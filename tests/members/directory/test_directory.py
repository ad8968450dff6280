"""The directory of members as the public finds it: the list, the map, the numbers, the files, and a page for each organisation."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from cms.models import SiteImage, SiteRendition
from core.dates import site_today
from core.models import ContentVersion
from core.web.page_cache import content_changed
from members.directory import world_map
from members.identity.countries import STATES_BY_REGION, Region, region_of
from members.identity.keys import sort_key
from members.membership.workflow import end_membership
from members.models import FormerAddress, KnownSize, Membership, Organisation, Seat, Theme
from members.organisations.workflow import delete as delete_organisation
from members.organisations.workflow import merge
from members.states import OrganisationKind
from news.models import Author, SpotlightPage
from pages.models import Convener, WorkingGroupPage
from tests.journeys.test_page_weight import compressed
from tests.support.declarations import confirmed, open_declaration
from tests.support.members import make_contact, make_organisation, make_silent
from tests.support.news import make_post
from tests.support.sitemap import sitemap_text
from tests.template_database import ROOT

BUDGET = 12
TODAY = date(2026, 6, 1)


def names(client: Client, query: str = "") -> list[str]:
    """Who is listed, in order."""
    answer = client.get(f"/members/{query}")
    assert answer.status_code == 200, query
    return re.findall(r'<a class="name" href="/members/[\w-]+/">(.*?)</a>', answer.content.decode())


@pytest.fixture
def alone(home: Any) -> None:
    """A coalition of nobody yet."""
    Seat.objects.all().delete()
    Membership.objects.all().delete()


# The list


def test_the_known_organisations_are_listed_by_name_with_counts_and_a_map(client: Client, home: Any) -> None:
    listed = names(client)
    assert len(listed) == 11
    assert listed == sorted(listed, key=sort_key)
    html = client.get("/members/").content.decode()
    assert "11 organisations in 5 countries" in html
    assert "<title>Kenya: 2</title>" in html
    assert 'href="/members/?role=steering"' in html
    assert "One organisation works worldwide" in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("role=observer&country=CH", ["Médecins Sans Frontières"]),
        ("role=steering&region=africa&kind=union", ["Kenya Medical Practitioners, Pharmacists and Dentists Union"]),
        ("region=worldwide", ["People’s Health Movement"]),
        ("theme=health-workforce-financing", ["Wemos"]),
        ("country=MW", []),
        ("role=founding", []),
        # Accents, apostrophes, capitals, dots; an acronym, one that nobody wrote down, another name, a country where it works.
        ("q=medecins", ["Médecins Sans Frontières"]),
        ("q=M.S.F.", ["Médecins Sans Frontières"]),
        ("q=peoples+HEALTH", ["People’s Health Movement"]),
        ("q=nol", ["Nurses of Lira"]),
        ("q=Infirmières", ["Nurses of Lira"]),
        ("q=sudan", ["Nurses of Lira"]),
        ("q=%F0%9F%92%89+!", []),
        ("q=zzz", []),
    ],
)
def test_it_is_narrowed_by_facets_and_words(client: Client, home: Any, query: str, found: list[str]) -> None:
    make_organisation(acronym="", aliases="Les infirmieres de Lira", countries_of_work="UG,SS", country="UG")
    assert names(client, f"?{query}") == found


def test_who_is_dormant_gone_or_yet_to_come_is_hidden_everywhere(client: Client, alone: Any) -> None:
    today = timezone.localdate()
    make_organisation("Awake", country="KE")
    dormant, ended, coming = make_organisation("Dormant"), make_organisation("Ended"), make_organisation("Coming")
    make_organisation("Applicant", category="")
    make_silent(dormant)
    Membership.objects.filter(organisation=ended).update(since=None, until=today - timedelta(days=1))
    Membership.objects.filter(organisation=coming).update(since=today + timedelta(days=1))
    content_changed()
    assert names(client) == ["Awake"]
    for address in ("/members/members.json", "/members/members.csv", "/sitemap-organisations-1.xml", "/"):
        assert not re.search("dormant|ended/|coming/|applicant", client.get(address).content.decode(), re.IGNORECASE), address
    for slug in ("dormant", "ended", "coming", "applicant", "no-such"):
        answer = client.get(f"/members/{slug}/")
        assert (answer.status_code, "Not in the directory" in answer.content.decode()) == (404, True), slug
    Membership.objects.filter(organisation=dormant).update(confirmed_on=today)
    content_changed()
    assert names(client) == ["Awake", "Dormant"]


@pytest.mark.parametrize(
    "query", ["country=XX", "country=ke", "role=king", "theme=%3Cb%3E", "page=0", "page=9", "page=-1", "page=1e3", "kind=%27", "region=*"]
)
def test_what_does_not_exist_is_said_with_a_way_back(client: Client, home: Any, query: str) -> None:
    for address in ("/members/", "/members/members.csv", "/members/members.json"):
        answer = client.get(f"{address}?{query}")
        assert answer.status_code == 404, address
        assert "/members/" in answer.content.decode()
        assert "<b>" not in answer.content.decode() or answer["Content-Type"].startswith("text/plain")


def test_pages_of_24_keep_words_and_filters_and_are_not_indexed(client: Client, alone: Any) -> None:
    for number in range(30):
        make_organisation(f"Nurses {number:02d}", country="UG", kind="union", acronym=f"N{number}")
    html = client.get("/members/?q=nurses&country=UG&page=2").content.decode()
    assert re.findall(r'class="name" href="[^"]*">(.*?)<', html)[0] == "Nurses 24"
    assert 'href="/members/?q=nurses&amp;country=UG"' in html
    assert 'href="/members/members.csv?q=nurses&amp;country=UG"' in html
    assert '<meta name="robots" content="noindex">' in html
    assert "viewBox" not in html.partition("<main")[2].partition("</main>")[0]


def logos_on_file(number: int) -> list[SiteImage]:
    """Pictures whose sizes are made already; nobody looks into the files."""
    logos = SiteImage.objects.bulk_create(
        SiteImage(title=f"Logo {place}", file=f"original_images/logo_{place * 7919:x}.png", width=800, height=300 + place)
        for place in range(number)
    )
    sizes = [(f"format-{form}|width-{width}", width) for form in ("webp", "jpeg") for width in (320, 640, 960)]
    SiteRendition.objects.bulk_create(
        SiteRendition(image=logo, filter_spec=spec, file=f"images/logo_{place * 7919:x}.{spec}.webp", width=width, height=90 + place % 70)
        for place, logo in enumerate(logos)
        for spec, width in sizes
    )
    return logos


@pytest.mark.parametrize("number", [1, 300])
def test_it_costs_few_queries_and_little_weight_whatever_the_number(client: Client, home: Any, stylesheet: bytes, number: int) -> None:
    theme = Theme.objects.create(name="Pay", slug="pay")
    codes = [code for codes in STATES_BY_REGION.values() for code in codes][:139]
    summary = "We speak for nurses in {}, who carry too much, earn too little, and are asked too rarely what would help their patients."
    made = Organisation.objects.bulk_create(
        Organisation(
            name=f"Nurses {place}",
            slug=f"nurses-{place}",
            country=codes[place % len(codes)],
            acronym=f"N{place}",
            kind=OrganisationKind.values[place % 9],
            summary=summary.format(codes[place % len(codes)]),
            logo=logo,
        )
        for place, logo in enumerate(logos_on_file(number))
    )
    Membership.objects.bulk_create([Membership(organisation=one) for one in made])
    through = Organisation.themes.through
    through.objects.bulk_create([through(organisation=one, theme=theme) for one in made])
    content_changed()
    front = client.get("/members/").content.decode()
    assert ("/members/numbers/#countries" in front) == (number > 1)
    for address in ("/members/", "/members/?role=member&page=1", "/members/numbers/", "/members/nurses-0/"):
        weight = compressed(client.get(address).content) + compressed(stylesheet)
        assert weight <= 14 * 1024, address
    for address in ("/members/", "/members/?role=member&page=1", "/members/numbers/", "/members/nurses-0/", "/members/members.json"):
        for budget in (26, BUDGET):  # the first reader after a change pays for the others
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"{address}{'&' if '?' in address else '?'}not-kept=1").status_code == 200
            assert len(queries) <= budget, (address, "\n".join(query["sql"][:160] for query in queries.captured_queries))


def test_an_empty_coalition_has_pages_too(client: Client, alone: Any) -> None:
    for address in ("/members/", "/members/numbers/", "/members/members.csv"):
        assert client.get(address).status_code == 200
    assert client.get("/members/members.json").json()["organisations"] == []


# An organisation's page


def test_its_page_tells_who_it_is_and_what_it_does_here(client: Client, home: Any) -> None:
    today = timezone.localdate()
    own = make_organisation("Nurses of Lira", country="UG", website="https://lira.example/", founded=1998, kind="union", summary="Hear us.")
    Membership.objects.filter(organisation=own).update(since=date(2020, 2, 1), founding=True)
    Membership.objects.create(organisation=own, category="observer", until=date(2020, 1, 31))
    Seat.objects.create(organisation=own, person_name="Secret Person", person_email="secret@lira.example")
    make_contact(own, "hidden@lira.example", name="Hidden Person")
    group = WorkingGroupPage.objects.first()
    assert group is not None
    Convener.objects.create(group=group, organisation=own)
    author = Author.objects.create(name="Its voice", slug="its-voice", organisation=own)
    make_post("What we think", authors=[author])
    make_post("A draft", authors=[author], live=False)
    make_post("A nurse", cls=SpotlightPage, kind="spotlight", organisation=own, person_name="Nabirye", date_inferred=True)
    declaration = open_declaration()
    confirmed(declaration, name="Nurses of Lira", website="https://lira.example/", email="ada@lira.example")
    html = " ".join(client.get("/members/nurses-of-lira/").content.decode().split())
    for told in (
        "<h1>Nurses of Lira</h1>",
        'href="https://lira.example/"',
        'Founding member</strong> <span class="meta">since 1 February 2020',
        'Observer</strong> <span class="meta">until 31 January 2020',
        'Steering committee</strong> <span class="meta">since a day that is not recorded',
        "WHO region Africa",
        f'href="{group.url}"',
        "What we think",
        "Spotlight, February 2022",
        declaration.url,
        "1998",
    ):
        assert told in html, told
    graph = json.loads(html.partition('application/ld+json">')[2].partition("</script>")[0])["@graph"]
    node = next(one["mainEntity"] for one in graph if "mainEntity" in one)
    assert (node["url"], node["address"]["addressCountry"]) == ("https://lira.example/", "UG")
    assert node["memberOf"]["@id"] == graph[0]["@id"]
    for hidden in ("Secret", "secret@", "Hidden", "hidden@", "A draft", "ada@"):
        assert hidden not in html
    assert f"since {today:%Y}" not in html
    page = client.get(group.url).content.decode()
    assert '<a href="/members/nurses-of-lira/">Nurses of Lira</a>' in page


def test_links_to_a_merged_organisation_arrive_with_their_query(client: Client, home: Any) -> None:
    kept, away = make_organisation("Kept"), make_organisation("Away", category="")
    FormerAddress.objects.create(slug="old", organisation=kept)
    FormerAddress.objects.create(slug="gone", organisation=away)
    answer = client.get("/members/old/?utm_source=x")
    assert (answer.status_code, answer["Location"]) == (301, "/members/kept/?utm_source=x")
    assert client.get("/members/gone/").status_code == 404


def test_home_and_about_lead_to_the_pages(client: Client, home: Any) -> None:
    for address in ("/", "/about/"):
        assert 'href="/members/medecins-sans-frontieres/"' in client.get(address).content.decode()
    Membership.objects.filter(organisation__slug="wemos").update(until=timezone.localdate() - timedelta(days=1))
    content_changed()
    # Its seat has no end yet: it is named, and leads to its own site.
    html = client.get("/about/").content.decode()
    assert 'href="/members/wemos/"' not in html
    assert 'href="https://www.wemos.org/"' in html


def test_the_sitemap_has_the_directory(client: Client, home: Any) -> None:
    told = sitemap_text(client)
    for address in ("/members/", "/members/numbers/", "/members/wemos/"):
        assert f"<loc>http://testserver{address}</loc>" in told


def test_no_organisation_gets_an_address_that_the_site_needs(home: Any, secretary: Any, signed_in: Any) -> None:
    rows = {name: inline_formset([]) for name in ("memberships", "seats", "contacts")}
    form = nested_form_data({"name": "Numbers", "slug": "numbers", "country": "", **rows})
    answer = signed_in(secretary).post(reverse("wagtailsnippets_members_organisation:add"), form)
    assert "The site needs this address for itself" in answer.content.decode()
    assert not Organisation.objects.filter(slug="numbers").exists()


# The files

LEAVING: dict[str, Callable[[Organisation], Any]] = {
    "deleted": lambda one: one.delete(),
    "deleted in bulk": lambda one: Organisation.objects.filter(pk=one.pk).delete(),
    "deleted by the secretariat": lambda one: delete_organisation(Membership.objects.filter(organisation=one).delete() and one, by=None),
    "membership deleted": lambda one: Membership.objects.filter(organisation=one).delete(),
    "membership ended": lambda one: end_membership(
        one, last_day=site_today() - timedelta(days=1), ends_seats=True, ends_links=True, by=None, now=timezone.now()
    ),
    "merged": lambda one: merge(one, into=Organisation.objects.get(slug="wemos"), by=None),
}


@pytest.mark.parametrize("how", LEAVING)
def test_a_member_that_leaves_is_gone_at_once_from_pages_and_files(reader: Client, home: Any, how: str) -> None:
    one = make_organisation("Ocelot Alliance", slug="ocelot")
    Membership.objects.filter(organisation=one).update(since=None)
    addresses = ("/members/", "/members/members.csv", "/members/members.json")
    for address in addresses:
        assert "/members/ocelot/" in reader.get(address).content.decode()
    purged = ContentVersion.objects.get().purged
    LEAVING[how](one)
    assert ContentVersion.objects.get().purged > purged
    for address in addresses:
        assert "/members/ocelot/" not in reader.get(address).content.decode()


def test_the_files_hold_what_the_pages_show_and_no_contact(client: Client, home: Any) -> None:
    evil = make_organisation('=HYPERLINK("x")', slug="evil", country="UG", summary="+1; @x", founded=1990)
    make_contact(evil, "hidden@lira.example", name="Hidden Person")
    Seat.objects.create(organisation=evil, person_name="Secret Person", person_email="secret@lira.example")
    answer = client.get("/members/members.csv?country=UG")
    text = answer.content.decode("utf-8-sig")
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(rows) == 3
    assert rows['\'=HYPERLINK("x")']["summary"].startswith("'+1")
    told = client.get("/members/members.json").json()
    assert told["total"] == 12
    wemos = next(one for one in told["organisations"] if one["name"] == "Wemos")
    assert (wemos["since"], wemos["who_region"], wemos["roles"]) == (None, "europe", ["member", "steering"])
    assert wemos["page"] == "http://testserver/members/wemos/"
    everything = text + client.get("/members/members.json").content.decode()
    assert not re.search(r"Hidden|Secret |@lira", everything)
    assert answer["Access-Control-Allow-Origin"] == "*"


# The map and the numbers


def test_every_inhabited_country_is_on_the_map_and_in_one_region() -> None:
    from django_countries import countries

    nowhere = {"AQ", "BV", "GS", "HM", "TF", "UM"}
    assert {code for code in countries.countries if world_map.world().has(code)} == set(countries.countries) - nowhere
    assert {code for code in countries.countries if not region_of(code)} == nowhere
    assert {region_of(code) for code in ("ID", "PS", "SS")} == {Region.WESTERN_PACIFIC, Region.EASTERN_MEDITERRANEAN, Region.AFRICA}


def test_the_picture_of_the_map_is_the_one_of_the_data_and_light() -> None:
    picture = ROOT / "static" / "img" / "world.svg"
    assert picture.read_text() == world_map.world_svg()
    assert picture.stat().st_size < 30_000
    world = world_map.world()
    for code, (x, y) in world.positions.items():
        assert world.left + world_map.RING_RADIUS < x < world.left + world.width - world_map.RING_RADIUS, code
        assert world_map.RING_RADIUS < y < world.height - world_map.RING_RADIUS, code


def test_the_numbers_page_tells_reports_from_records_and_what_is_unknown(client: Client, home: Any) -> None:
    html = client.get("/members/numbers/").content.decode()
    assert "Since when 11 organisations belong is not recorded" in html
    assert '<a href="/members/?country=KE">Kenya</a>' in html
    assert re.findall(r'">(\d+)</text>', html.partition("How we grew")[2].partition("</svg>")[0]) == ["4", "2018", "30", "2019"]
    assert "28</td><td>Members, reported without a date" in html
    Membership.objects.filter(organisation__slug="wemos").update(since=date(2018, 5, 20))
    KnownSize.objects.filter(year=2019).delete()
    html = client.get("/members/numbers/").content.decode()
    assert '<th scope="row">2018</th><td class="number">1</td><td>Members and observers, on record' in html
    assert "January 2019" not in html
    assert f'<th scope="row">{timezone.localdate().year}</th><td class="number">11</td>' in html
    assert "Since when 10 organisations belong is not recorded: they count today alone." in html
