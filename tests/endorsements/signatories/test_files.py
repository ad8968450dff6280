"""What programs and other sites take from a declaration: the names, the count, the badge, the snippet, the text that can be checked."""

import csv
import hashlib
import io
import json
import re
import xml.etree.ElementTree as ET
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.absolute_urls import absolute
from endorsements.declarations import workflow as declarations
from endorsements.models.sign_on import sign_on_of
from endorsements.signatories.public_files import KEYS
from endorsements.states import Kind, Source
from tests.support.declarations import PERSON, closed, confirmed, open_declaration, recorded
from tests.support.signatories import fill, list_names

pytestmark = pytest.mark.one_database


def table(client: Client, page: Any) -> list[dict[str, str]]:
    response = client.get(f"{page.url}signatories.csv")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


# The names


@pytest.mark.django_db
def test_the_table_has_the_list_and_nothing_personal_besides(client: Client, home: Any) -> None:
    recorded()
    page = open_declaration()
    confirmed(page)
    confirmed(page, PERSON)
    confirmed(page, PERSON, name="Shy Person", email="shy@example.net", show_name=False)
    list_names(page, "Made-up Midwives", country="", source=Source.SAMPLE)
    today = timezone.localdate().isoformat()
    rows = table(client, page)
    assert tuple(rows[0]) == KEYS
    assert rows[1] == {
        "kind": "organisation",
        "name": "Midwives of Gulu",
        "acronym": "",
        "organisation_kind": "ngo",
        "role": "",
        "affiliation": "",
        "country": "UG",
        "country_name": "Uganda",
        "version": "1.0",
        "listed_on": today,
        "initial_signatory": "no",
        "sample": "no",
    }
    assert (rows[0]["name"], rows[0]["sample"], rows[0]["country_name"]) == ("Made-up Midwives", "yes", "")
    assert [rows[2][key] for key in ("kind", "name", "role", "affiliation", "country_name")] == [
        *("person", "Ngozi Okafor", "Nurse", "Enugu Clinic", "Nigeria")
    ]
    assert len(rows) == 3
    raw = client.get(f"{page.url}signatories.csv").getvalue() + client.get(f"{page.url}signatories.json").getvalue()
    for secret in (b"@", b"Akello", b"Director", b"Shy", b"midwives-gulu"):
        assert secret not in raw


@pytest.mark.django_db
def test_the_two_files_say_the_same(client: Client, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("endorsements.signatories.public_files.PORTION", 50)
    page = open_declaration(goal=500)
    fill(page, 120, 40)
    response = client.get(f"{page.url}signatories.json")
    told = json.loads(response.getvalue())
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Robots-Tag"] == "noindex"
    written = {True: "yes", False: "no"}
    assert [
        {key: written.get(value, value) if isinstance(value, bool) else value for key, value in one.items()} for one in told["signatories"]
    ] == (table(client, page))
    assert len(told.pop("signatories")) == 153
    assert {key: told[key] for key in ("organisations", "people", "people_unnamed", "total", "countries", "goal", "state")} == {
        "organisations": 120,
        "people": 40,
        "people_unnamed": 7,
        "total": 160,
        "countries": 20,
        "goal": 500,
        "state": "open",
    }


@pytest.mark.django_db
def test_a_name_cannot_become_a_formula(client: Client, home: Any) -> None:
    page = open_declaration()
    list_names(page, '=HYPERLINK("http://evil.example","x")', "@SUM(A1)")
    list_names(page, "Ann", kind=Kind.PERSON, role="+1", affiliation='=1;"=2"')
    for row in table(client, page):
        for value in (row["name"], row["role"], row["affiliation"]):
            assert not value or value[0] not in "=+-@"
    assert '"=HYPERLINK(' in client.get(f"{page.url}signatories.json").getvalue().decode()


@pytest.mark.django_db
def test_a_list_without_names_is_a_whole_file_too(client: Client, home: Any) -> None:
    page = open_declaration()
    assert table(client, page) == []
    told = json.loads(client.get(f"{page.url}signatories.json").getvalue())
    assert (told["signatories"], told["total"]) == ([], 0)
    assert client.head(f"{page.url}signatories.csv")["Content-Disposition"] == 'attachment; filename="pay-health-workers-signatories.csv"'
    assert client.get(f"{page.url}signatories.xlsx").status_code == client.get(f"{page.url}signatories.csvx/").status_code == 404
    assert client.post(f"{page.url}count.json").status_code in (403, 405)


# The count


@pytest.mark.django_db
def test_the_count_may_be_read_from_any_site_and_kept_until_it_is_a_minute_old(client: Client, home: Any) -> None:
    page = open_declaration(goal=10)
    list_names(page, "Midwives of Gulu")
    list_names(page, "Ngozi Okafor", kind=Kind.PERSON, country="NG", show_name=False)
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        response = client.get(f"{page.url}count.json")
    assert response.json() == {
        "declaration": "Pay health workers",
        "url": absolute(page.url),
        "state": "open",
        "organisations": 1,
        "people": 1,
        "countries": 2,
        "total": 2,
        "goal": 10,
        "opened_at": timezone.localtime(sign_on_of(page).opened_at).isoformat(timespec="seconds"),
        "closes_at": timezone.localtime(page.closes_at).isoformat(timespec="seconds"),
        "as_of": timezone.localtime(start).isoformat(timespec="seconds"),
    }
    assert response["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    with time_machine.travel(start + timedelta(seconds=10), tick=False):
        assert client.get(f"{page.url}count.json")["Cache-Control"] == "public, max-age=50, stale-while-revalidate=600"
    with time_machine.travel(start + timedelta(seconds=26), tick=False):
        assert client.get(f"{page.url}count.json")["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"


@pytest.mark.django_db
def test_the_count_says_when_it_is_over(client: Client, home: Any) -> None:
    page = open_declaration(closes_at=None)
    assert client.get(f"{page.url}count.json").json()["closes_at"] is None
    standing = closed(page)
    told = client.get(f"{page.url}count.json").json()
    assert (told["state"], told["closes_at"]) == ("closed", timezone.localtime(standing.closed_at).isoformat(timespec="seconds"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("organisations", "people", "words"), [(0, 0, "0 people endorse"), (1, 9, "1 organisation endorses"), (0, 1, "1 person endorses")]
)
def test_the_badge_is_a_picture_with_words(client: Client, home: Any, organisations: int, people: int, words: str) -> None:
    page = open_declaration()
    fill(page, organisations, people)
    response = client.get(f"{page.url}badge.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert "max-age=" in response["Cache-Control"]
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    drawing = ET.fromstring(response.content)
    assert drawing[0].text == words
    assert b"style" not in response.content
    assert len(response.content) < 1500


@pytest.mark.django_db
def test_large_numbers_fit_into_the_badge(client: Client, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_declaration()
    monkeypatch.setattr("endorsements.signatories.counts.Counts.organisations", 1_234_567)
    assert ">1,234,567</text>" in client.get(f"{page.url}badge.svg").content.decode()


@pytest.mark.django_db
def test_the_snippet_is_plain_html_with_full_addresses(client: Client, home: Any) -> None:
    page = open_declaration('Pay "them" & </textarea><script>')
    html = client.get(f"{page.url}snippet/").content.decode()
    assert "<script>" not in html.partition("<main")[2]
    copied = re.findall(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)
    assert len(copied) == 2
    for snippet in map(unescape, copied):
        assert f'href="{absolute(page.url)}"' in snippet
        assert "<script" not in snippet
        ET.fromstring(f"<div>{snippet.replace(' loading=', ' data-loading=').replace('></a>', '/></a>')}</div>")
    assert f'src="{absolute(page.url)}badge.svg"' in unescape(copied[1])
    assert f'<img src="{page.url}badge.svg"' in html


# The text


@pytest.mark.django_db
def test_the_file_has_exactly_the_bytes_whose_hash_is_told(client: Client, home: Any) -> None:
    page = open_declaration("Médecins, nurses — and “carers”", text="Pay them.\u00a0Now.")
    page.body = [("text", "<p>Pay them, now.</p>")]
    page.save_revision()
    declarations.publish_text(sign_on_of(page), is_new=False, note="A comma.", by=None, now=timezone.now())
    for number, correction in ((1, 0), (1, 1)):
        response = client.get(f"{page.url}versions/{number}.{correction}.txt", headers={"Accept-Encoding": "identity"})
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert response["Content-Disposition"].endswith(f'-{number}.{correction}.txt"')
        digest = hashlib.sha256(response.content).hexdigest()
        assert digest in client.get(f"{page.url}versions/{number}.{correction}/").content.decode()
    assert digest in client.get(page.url).content.decode()
    assert client.get(f"{page.url}versions/1.2.txt").status_code == 404
