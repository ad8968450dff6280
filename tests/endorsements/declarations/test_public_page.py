"""What readers see of a declaration: nothing of the sign-on before it opens; then where it stands, who stands behind it, what happened."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import PageViewRestriction

from core.web.page_cache import content_changed
from endorsements.declarations import workflow as declarations
from endorsements.deliveries import workflow as deliveries
from endorsements.models import DeclarationPage, Endorsement, InitialSignatory
from endorsements.models.sign_on import sign_on_of
from endorsements.signing import workflow as signing
from endorsements.states import Kind, Source, WhoMayEndorse
from tests.support.declarations import PERSON, closed, confirmed, delivered, make_declaration, open_declaration
from tests.support.news import newsroom, publish
from tests.support.signatories import fill, list_names

pytestmark = pytest.mark.one_database

LISTS = ["signatories/", "signatories/all/", "signatories.csv", "signatories.json", "count.json", "badge.svg", "snippet/"]
PARTS = [*LISTS, "versions/", "versions/1.0/", "versions/1.0.txt"]


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2].partition("</main>")[0]).split())


# Before it opens


@pytest.mark.django_db
def test_a_draft_is_a_plain_post(client: Client, home: Any) -> None:
    page = make_declaration(goal=100)
    html = text(client, page.url)
    assert "Pay them on time." in html
    assert "endorse/" not in html
    assert "EndorseAction" not in html
    assert {part: client.get(page.url + part).status_code for part in PARTS} == dict.fromkeys(PARTS, 404)


@pytest.mark.django_db
def test_a_draft_says_when_it_opens_until_it_should_have(client: Client, home: Any) -> None:
    page = make_declaration(opens_at=timezone.now() + timedelta(days=2))
    opens = date_format(timezone.localtime(page.opens_at), "j F Y")
    assert opens in words(text(client, page.url))
    assert client.get(f"{page.url}signatories/").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert opens not in words(text(client, page.url))


@pytest.mark.django_db
def test_under_embargo_nothing_is_public_even_if_the_page_is(client: Client, home: Any) -> None:
    page = make_declaration()
    declarations.circulate(sign_on_of(page), by=None, now=timezone.now())
    confirmed(page)
    html = text(client, page.url)
    assert "endorse/" not in html
    assert "Midwives of Gulu" not in html
    assert {part: client.get(page.url + part).status_code for part in PARTS} == dict.fromkeys(PARTS, 404)


@pytest.mark.django_db
def test_a_text_that_circulated_and_nobody_signed_stays_secret(client: Client, home: Any) -> None:
    page = make_declaration(text="A catchword that was dropped.")
    now = timezone.now() - timedelta(days=1)
    declarations.circulate(sign_on_of(page), by=None, now=now)
    page.body = [("text", "<p>Pay them.</p>")]
    page.save_revision()
    declarations.open_sign_on(sign_on_of(page), by=None, now=timezone.now())
    assert client.get(f"{page.url}versions/1.0.txt").status_code == 404
    assert "catchword" not in text(client, f"{page.url}versions/2.0/")
    assert "Version 1" not in text(client, f"{page.url}versions/")


# While it is open


@pytest.mark.django_db
def test_while_it_is_open_the_way_to_endorse_is_before_and_after_the_text(client: Client, home: Any, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Amsterdam"
    closes_at = timezone.make_aware(timezone.datetime(2031, 5, 3, 23, 59))
    page = open_declaration(closes_at=closes_at, ask="You stand behind all five demands.", goal=8)
    list_names(page, "Midwives of Gulu", "Wemos", "Health Rights Pune")
    list_names(page, "Ngozi Okafor", kind=Kind.PERSON, country="NG")
    html = text(client, page.url)
    before, after = html.split("Pay them on time.")
    link = f'<a class="button" href="{page.url}endorse/">'
    assert link in before
    assert link in after
    assert "3 May 2031, 23:59 CEST (UTC+2)" in words(before)
    assert "3 organisations" in re.sub(r"(organisations|person|countries) (\d+)", r"\2 \1", words(before))
    assert 'width="50.00%"' in before
    assert "You stand behind all five demands." in after
    assert '"userInteractionCount":4' in html


@pytest.mark.django_db
def test_from_the_closing_time_on_nobody_is_asked_any_more(client: Client, home: Any) -> None:
    page = open_declaration(goal=2)
    list_names(page, "Wemos")
    goal = 'width="50.00%"'
    assert goal in text(client, page.url)
    with time_machine.travel(page.closes_at + timedelta(seconds=1), tick=False):
        html = text(client, page.url)
        assert date_format(timezone.localtime(page.closes_at), "j F Y") in words(html)
        assert "endorse/" not in html
        assert goal not in html
        assert client.get(f"{page.url}count.json").json()["state"] == "closed"


@pytest.mark.django_db
def test_the_names_on_the_page_are_the_first_and_the_initial_signatories_stand_apart(client: Client, home: Any) -> None:
    page = make_declaration()
    page.initial_signatories = [InitialSignatory(name="Zebra Alliance", country="ZM"), InitialSignatory(name="Wemos", country="NL")]
    page = publish(page)
    declarations.open_sign_on(sign_on_of(page), by=None, now=timezone.now())
    fill(page, 40, 20)
    html = words(text(client, page.url))
    initial, _, joined = html.partition("Initial signatories")[2].partition("Organisations that joined")
    assert "Wemos Netherlands Zebra Alliance Zambia" in initial
    assert "Zebra Alliance" not in joined
    organisations, _, people = joined.partition("Where they are")[0].partition("People")
    assert organisations.count("École") + organisations.count("Nurses") > 5
    assert "Ada " in people
    assert re.search(r"\b4\b", people), "so many are not named"
    assert re.search(r"\b58\b", people), "so many are named"


@pytest.mark.django_db
def test_an_initial_signatory_who_withdraws_leaves_the_page(client: Client, home: Any) -> None:
    page = make_declaration()
    page.initial_signatories = [InitialSignatory(name="Zebra Alliance", country="ZM")]
    page = publish(page)
    declarations.open_sign_on(sign_on_of(page), by=None, now=timezone.now())
    signing.withdraw(Endorsement.objects.get(name="Zebra Alliance"), shown=False, now=timezone.now())
    assert "Zebra" not in text(client, page.url)


@pytest.mark.django_db
def test_samples_are_said_to_be_samples(client: Client, home: Any) -> None:
    page = open_declaration()
    list_names(page, "Made-up Midwives", source=Source.SAMPLE)
    list_names(page, "Midwives of Gulu")
    html = words(text(client, page.url))
    assert "Made-up Midwives Uganda ·" in html
    assert "Midwives of Gulu Uganda ·" not in html


@pytest.mark.django_db
def test_the_chart_and_its_table_show_ten_countries_and_how_many_more(client: Client, home: Any) -> None:
    page = open_declaration()
    fill(page, 60, 0)
    html = text(client, page.url)
    chart, table = html.partition('id="countries"')[2].split("<table>")
    assert chart.count("<rect") == 10
    assert re.search(r"\b10\b", table.partition("</table>")[0].rpartition('<th scope="row">')[2])
    assert re.search(r"\b10\b[^<]*<a", chart)
    assert table.partition("</table>")[0].count('<th scope="row">') == 11


# What has happened


@pytest.mark.django_db
def test_the_days_of_milestones_come_from_the_rows(client: Client, home: Any) -> None:
    start = (timezone.localtime() - timedelta(days=50)).replace(hour=12)  # the tenth comes on that day, the 25th on the next
    page = make_declaration()
    declarations.open_sign_on(sign_on_of(page), by=None, now=start)
    fill(page, 30, 0, since=start)
    told = [event for _year, events in client.get(page.url).context["history"] for event in events]
    assert [re.findall(r"\d+", event.title) for event in told] == [[], ["10"], ["25"]]
    assert told[2].day == timezone.localtime(start + timedelta(hours=24)).date()
    page.who = WhoMayEndorse.ORGANISATIONS
    publish(page)
    assert "25 organisations" in text(client, page.url)
    Endorsement.objects.for_declaration(page).filter(listed_at__gt=start + timedelta(hours=20)).delete()
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        assert "25 organisations" not in text(client, page.url)


@pytest.mark.django_db
def test_versions_and_what_changed_are_told(client: Client, home: Any) -> None:
    page = open_declaration(text="Pay them on tyme.")
    signed = list_names(page, "Midwives of Gulu")
    page.body = [("text", "<p>Pay them on time.</p>")]
    page.save_revision()
    declarations.publish_text(sign_on_of(page), is_new=False, note="A misspelt word.", by=None, now=timezone.now())
    page.body = [("text", "<p>Pay them on time and in full.</p>")]
    page.save_revision()
    declarations.publish_text(sign_on_of(page), is_new=True, note="In full was added.", by=None, now=timezone.now())
    html = text(client, page.url)
    assert f'href="{page.url}versions/1.1/"' in html
    assert "In full was added." in html
    earlier = "Midwives of Gulu Uganda ·"
    assert earlier in words(html)
    changed = text(client, f"{page.url}versions/1.1/")
    assert "<del>" in changed
    assert "tyme." in changed
    assert f'href="{page.url}"' in changed
    listed = words(text(client, f"{page.url}versions/"))
    assert listed.index("Version 2") < listed.index("Version 1, correction 1")
    assert client.get(f"{page.url}versions/1.2/").status_code == client.get(f"{page.url}versions/99999999999.0/").status_code == 404
    signing.renew(signed[0], version=sign_on_of(page).version, now=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        assert earlier not in words(text(client, page.url))


@pytest.mark.django_db
def test_a_delivery_and_its_reply_are_told(client: Client, home: Any) -> None:
    page = open_declaration()
    list_names(page, "Midwives of Gulu")
    delivery = delivered(page, note="Handed over by <b>three</b> nurses.")
    deliveries.record_reply(delivery, reply="Thank you.\n\nWe shall read it.", replied_on=timezone.localdate(), by=None, now=timezone.now())
    html = text(client, page.url)
    for told in ("The Minister of Health", "2 March 2026"):
        assert told in words(html)
    assert f'href="/verify/{delivery.sha256}/"' in html
    assert "&lt;b&gt;three" in html
    assert "<p>We shall read it.</p>" in html
    assert "endorse/" not in html


# Fresh, and at a bounded cost


@pytest.mark.django_db
def test_a_count_is_fresh_within_fifteen_seconds(reader: Client, home: Any) -> None:
    """Asked every three seconds, so that page and count are remembered at many offsets to each other."""
    page, start = open_declaration(), timezone.now()
    shown, joined = {}, start + timedelta(seconds=17)
    for seconds in range(0, 60, 3):
        moment = start + timedelta(seconds=seconds)
        if moment > joined and not Endorsement.objects.for_declaration(page).exists():
            list_names(page, "Midwives of Gulu")
        with time_machine.travel(moment, tick=False):
            addresses = (page.url, f"{page.url}signatories/", f"{page.url}count.json")
            shown[seconds] = ["Midwives" in text(reader, address) for address in addresses[:2]]
            shown[seconds].append(reader.get(addresses[2]).json()["total"] == 1)
    assert not any(shown[15])
    assert all(all(there) for seconds, there in shown.items() if seconds >= 17 + 15)


@pytest.mark.django_db
def test_opening_correcting_and_closing_show_at_once(client: Client, home: Any) -> None:
    page = make_declaration()
    assert "endorse/" not in text(client, page.url)
    declarations.open_sign_on(sign_on_of(page), by=None, now=timezone.now())
    assert "endorse/" in text(client, page.url)
    closed(page)
    assert "endorse/" not in text(client, page.url)


def queries_for(client: Client, address: str) -> int:
    """What one answer costs that is not kept: the unknown parameter sees to that."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"{address}{'&' if '?' in address else '?'}not-kept=1")
        response.getvalue()
    assert response.status_code == 200, address
    return len(queries)


@pytest.mark.django_db
def test_no_part_costs_more_than_twelve_queries_nor_more_for_more_names(client: Client, home: Any) -> None:
    page = open_declaration(goal=100, topics=[])
    fill(page, 65, 65)
    parts = ["", *(part for part in PARTS if part != "badge.svg"), "signatories/?country=UG&kind=person", "signatories/?q=okafor"]
    costs = []
    for _round in range(2):
        for part in parts:
            queries_for(client, page.url + part)
        costs.append({part: queries_for(client, page.url + part) for part in parts})
        Endorsement.objects.for_declaration(page).delete()
        fill(page, 200, 500)
        content_changed()
    assert costs[0] == costs[1]
    assert max(costs[0].values()) <= 12


# Elsewhere


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["new", "draft", "open"])
def test_every_preview_shows_even_an_unfinished_page(home: Any, state: str) -> None:
    if state == "new":
        page = DeclarationPage(title="", slug="", owner=None)
        page.set_url_path(newsroom())
    else:
        page = open_declaration() if state == "open" else make_declaration()
        page.title, page.closes_at, page.who = "", None, ""
    modes = [mode for mode, _label in page.preview_modes]
    assert modes == ["", "list", "shared"]
    for mode in modes:
        response = page.make_preview_request(preview_mode=mode)
        assert response.status_code == 200, mode
        assert ("as on the News page" in response.content.decode()) is (mode == "list")


@pytest.mark.django_db
def test_an_alias_leads_to_the_declaration(client: Client, home: Any) -> None:
    page = open_declaration()
    alias = page.create_alias(update_slug="pay-alias", parent=newsroom())
    for part in ("", "endorse/", "signatories.csv", "versions/1.0/"):
        response = client.get(alias.url + part)
        assert (response.status_code, response["Location"]) == (302, page.url + part)


@pytest.mark.django_db
def test_a_restricted_declaration_leaks_through_none_of_its_parts(client: Client, home: Any) -> None:
    page = open_declaration()
    list_names(page, "Midwives of Gulu")
    for part in ("", *PARTS):
        client.get(page.url + part)
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.PASSWORD, password="knock")
    for part in ("", *PARTS):
        response = client.get(page.url + part)
        assert b"Midwives" not in response.getvalue(), part
        assert b"organisations" not in response.getvalue(), part
        assert "no-store" in response["Cache-Control"], part
    page.unpublish()
    assert {client.get(page.url + part).status_code for part in ("", *PARTS)} == {404}


@pytest.mark.django_db
def test_a_moved_declaration_takes_its_parts_along(client: Client, home: Any, django_capture_on_commit_callbacks: Any) -> None:
    page = open_declaration()
    list_names(page, "Midwives of Gulu")
    before, page.slug = page.url, "pay-them-all"
    with django_capture_on_commit_callbacks(execute=True):
        page = publish(page)
    for part in ("", "endorse/", *PARTS):
        response = client.get(before + part)
        assert (response.status_code, response["Location"]) == (301, page.url + part), part
    assert page.url == "/news/pay-them-all/"
    assert 'href="/news/pay-them-all/snippet/"' in text(client, page.url)
    assert text(client, f"{page.url}versions/1.0.txt")


@pytest.mark.django_db
def test_the_head_of_each_part_is_its_own(client: Client, home: Any) -> None:
    page = open_declaration("Pay “them”")
    fill(page, 130, 0)
    heads = {}
    for part in ("", "signatories/", "signatories/?page=2", "signatories/?country=UG", "signatories/?q=gulu", "versions/", "snippet/"):
        html = text(client, page.url + part)
        heads[part] = html.partition("</head>")[0]
        assert re.search(r'rel="canonical" href="([^"]+)"', heads[part])[1].endswith(page.url + part), part  # type: ignore[index]
    assert "<title>Signatories: Pay “them” · " in heads["signatories/"]
    assert "page 2" in heads["signatories/?page=2"]
    noindex = {part for part, head in heads.items() if 'name="robots" content="noindex"' in head}
    assert noindex == {"signatories/?page=2", "signatories/?country=UG", "signatories/?q=gulu", "snippet/"}
    assert '"position":3,"name":"Pay “them”"' in heads["versions/"]


@pytest.mark.django_db
def test_the_home_page_shows_the_numbers_and_the_way_to_endorse(client: Client, home: Any) -> None:
    page = open_declaration()
    list_names(page, "Midwives of Gulu", "Wemos")
    home.sections = [("declaration", {"title": "Now", "post": page, "text": ""})]
    publish(home)
    html = text(client, "/")
    assert f'<a class="button" href="{page.url}endorse/">' in html
    assert '<dd class="value">2</dd>' in html
    closed(page)
    html = text(client, "/")
    assert f'<a class="button" href="{page.url}">' in html
    assert "endorse/" not in html
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert page.title not in text(client, "/")


@pytest.mark.django_db
def test_a_person_who_confirms_is_counted_in_the_page(client: Client, home: Any) -> None:
    page = open_declaration()
    before = text(client, page.url)
    confirmed(page, PERSON, show_name=False)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        html = text(client, page.url)
        assert client.get(f"{page.url}count.json").json()["people"] == 1
    assert words(html) != words(before)
    assert "Ngozi" not in html
    assert "Enugu" not in html
