"""A database of an earlier release, migrated to the code of today: nothing is lost, and what it promised is kept.

Each folder in tests/releases/ holds such a database for SQLite and for PostgreSQL, stored on its last day with links that nobody had
pressed yet, mails that waited and words that an editor had changed. It is compared by the names of tables and columns, and through the
door: what code calls things may change.
"""

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from wagtail.log_actions import registry

from tests.releases import answers, dump
from tests.support.applying import ask
from tests.support.endorsing import press, sent
from tests.template_database import ROOT

FOLDERS = sorted(path.parent for path in (ROOT / "tests/releases").glob("*/sqlite.json"))
PURPOSES = sorted({link["purpose"] for folder in FOLDERS for link in json.loads((folder / "sqlite.json").read_text())["links"]})

# What migrations changed on purpose since a release, with the reason. A table or column: its name of today.
RENAMED_TABLES: dict[str, str] = {}
RENAMED_COLUMNS: dict[tuple[str, str], str] = {}
# Columns whose values are others now, as (table, column).
CHANGED: dict[tuple[str, str], str] = {
    ("core_contentversion", "number"): "It counts changes of content, and migrating may be one.",
    ("endorsements_endorsement", "folded"): "What is searched for is folded further.",
    ("endorsements_endorsement", "sort_key"): "Letters of other scripts are ordered after all Latin ones.",
    ("endorsements_endorsement", "key"): "A person's key is their address and name: two people may share an address.",
}

Rows = dict[Any, dict[str, Any]]


@dataclass(frozen=True)
class Upgraded:
    """What is stored beside the database, and all rows that it had before it was migrated."""

    told: dict[str, Any]
    before: dict[str, Rows]
    made_at: datetime


@pytest.fixture(scope="module", params=FOLDERS, ids=[folder.name for folder in FOLDERS])
def upgraded(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any, database_copy: Any, tmp_path_factory: Any
) -> Iterator[Upgraded]:
    """The site runs on the migrated database until the module ends; then the process gets its own back."""
    folder = request.param
    media = tmp_path_factory.mktemp("upgraded") / "media"
    shutil.copytree(folder / "media", media)
    with django_db_blocker.unblock():
        told = json.loads((folder / f"{connection.vendor}.json").read_text())
        made_at = datetime.fromisoformat(told["made_at"])
        dump.put_in_place(dump.read(folder / f"{connection.vendor}.sql.gz"))
        _forget()
        before = {table: rows_of(table) for table in told["tables"] if table not in dump.MADE_AGAIN}
        with time_machine.travel(made_at, tick=False):
            call_command("migrate", interactive=False, verbosity=0)
            call_command("sync_roles", verbosity=0)
    _forget()
    with override_settings(MEDIA_ROOT=str(media)):
        yield Upgraded(told, before, made_at)
    with django_db_blocker.unblock():
        database_copy.restore(tables_changed=True)
    _forget()


def _forget() -> None:
    """Content types have other numbers in another database, and pages other words."""
    ContentType.objects.clear_cache()
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture(autouse=True)
def site(upgraded: Upgraded, db: None) -> Iterator[Upgraded]:
    """On the day on which the database was stored: links end."""
    with time_machine.travel(upgraded.made_at, tick=False):
        yield upgraded


def query(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [tuple(row) for row in cursor.fetchall()]


def rows_of(table: str) -> Rows:
    """Every row by its primary key."""
    with connection.cursor() as cursor:
        keys = connection.introspection.get_primary_key_columns(cursor, table) or []
        cursor.execute(f'SELECT * FROM "{table}"')
        columns = [column[0] for column in cursor.description]
        rows = (dict(zip(columns, map(_plain, row), strict=True)) for row in cursor.fetchall())
        return {tuple(row[key] for key in keys): row for row in rows}


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def links(site: Upgraded, purpose: str, *, about: str = "") -> list[dict[str, Any]]:
    found = [link for link in site.told["links"] if link["purpose"] == purpose and (not about or about in link["says"])]
    assert found, (purpose, about)
    return found


# Rows


def test_the_stored_copy_is_whole(site: Upgraded) -> None:
    wanted = {table: number for table, number in site.told["tables"].items() if table not in dump.MADE_AGAIN}
    assert {table: len(rows) for table, rows in site.before.items()} == wanted
    assert wanted["endorsements_endorsement"] > 250


def test_every_row_is_still_there_and_says_the_same(site: Upgraded) -> None:
    lost = []
    for table, before in site.before.items():
        now = rows_of(RENAMED_TABLES.get(table, table))
        for key, row in before.items():
            if key not in now:
                lost.append((table, key))
                continue
            for column, value in row.items():
                name = RENAMED_COLUMNS.get((table, column), column)
                if (table, column) not in CHANGED and now[key].get(name, "(no such column)") != value:
                    lost.append((table, key, column, value, now[key].get(name, "(no such column)")))
    assert not lost, f"{len(lost)} differences, the first: {lost[:10]}"


def test_no_migration_is_missing(site: Upgraded) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# Links in mails


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_link_still_leads_to_its_page(site: Upgraded, purpose: str) -> None:
    names, wrong = answers.known_names(), {}
    for link in links(site, purpose):
        for part, stored in {"": link, **{f"{name}/": page for name, page in link.get("below", {}).items()}}.items():
            page = answers.page(link["path"] + part, names)
            if (page["status"], page["acts"]) != (stored["status"], stored["acts"]) or not {*stored["says"]} <= {*page["says"]}:
                wrong[link["path"] + part] = (page, {key: stored[key] for key in page})
    assert not wrong


def state_of(name: str) -> str:
    return str(query("SELECT state FROM endorsements_endorsement WHERE name = %s", name)[0][0])


def confirms(site: Upgraded) -> None:
    press(links(site, "endorsements.confirm", about="Nurses of Lilongwe")[0]["path"])
    assert state_of("Nurses of Lilongwe") == "confirmed", "its domain is not known from elsewhere, so it waits"


def disowns(site: Upgraded) -> None:
    suppressed = len(query("SELECT id FROM members_suppression"))
    press(links(site, "endorsements.disown", about="Wanjiru Achieng")[0]["path"])
    assert state_of("Wanjiru Achieng") == "withdrawn"
    assert len(query("SELECT id FROM members_suppression")) == suppressed + 1


def withdraws(site: Upgraded) -> None:
    Client().post(
        links(site, "endorsements.manage", about="Midwives of Recife")[0]["path"], {"action": "withdraw", "sure": "on", "shown": "yes"}
    )
    assert state_of("Midwives of Recife") == "withdrawn"


def renews(site: Upgraded) -> None:
    press(links(site, "endorsements.renew", about="Midwives of Gulu")[0]["path"])
    signed = "SELECT v.number FROM endorsements_textversion v JOIN endorsements_endorsement e ON e.version_id = v.id WHERE e.name = %s"
    assert query(signed, "Midwives of Gulu") == [(2,)]


def seconds(site: Upgraded) -> None:
    press(links(site, "endorsements.second", about="Health Rights Kisumu")[0]["path"])
    assert query("SELECT id FROM endorsements_endorsement WHERE name = 'Health Rights Kisumu' AND seconded_at IS NOT NULL")
    assert state_of("Health Rights Kisumu") == "confirmed", "the second person's domain was only typed"


def stops_news(site: Upgraded) -> None:
    wanted = "SELECT id FROM endorsements_endorsement WHERE wants_updates"
    before = len(query(wanted))
    assert Client().post(links(site, "endorsements.updates")[0]["path"], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert len(query(wanted)) < before


def answers_for_a_member(site: Upgraded) -> None:
    press(links(site, "endorsements.answer", about="Doctors of Pune")[0]["path"], action="no")
    said = "SELECT i.answer FROM endorsements_invitation i JOIN members_organisation o ON o.id = i.organisation_id WHERE o.name = %s"
    assert query(said, "Doctors of Pune") == [("no",)]


def endorses_under_embargo(site: Upgraded) -> None:
    form = {"as": "person", "name": "Somebody New", "country": "KE", "role": "Nurse", "email": "new@example.org"}
    sent(f"{links(site, 'endorsements.circulation')[0]['path']}endorse/", form)
    assert state_of("Somebody New") == "pending"


def votes(site: Upgraded) -> None:
    cast = "SELECT count(*) FROM members_vote WHERE choice = 'against'"
    assert query(cast) == [(0,)]
    press(links(site, "members.vote", about="Anaesthetists of Kano")[-1]["path"], choice="against")
    assert query(cast) == [(1,)]


def confirms_the_year(site: Upgraded, purpose: str = "members.year") -> None:
    press(links(site, purpose, about="Carers of Cebu")[0]["path"])
    confirmed = "SELECT m.confirmed_on FROM members_membership m JOIN members_organisation o ON o.id = m.organisation_id WHERE o.name = %s"
    assert str(query(confirmed, "Carers of Cebu")[0][0]) == f"{site.made_at:%Y-%m-%d}"


def confirms_the_year_from_the_profile(site: Upgraded) -> None:
    confirms_the_year(site, "members.profile")


def is_no_contact(site: Upgraded) -> None:
    press(links(site, "members.not_me", about="Carers of Cebu")[0]["path"])
    assert not query("SELECT id FROM members_contact WHERE email = 'voice@cebu.example.org'")


def hands_in(site: Upgraded) -> None:
    press(f"{links(site, 'members.application', about='Midwives of Arusha')[0]['path']}review/")
    assert query("SELECT state FROM members_application WHERE name = 'Midwives of Arusha'") == [("submitted",)]


PRESSED: dict[str, Callable[[Upgraded], None]] = {
    "endorsements.answer": answers_for_a_member,
    "endorsements.circulation": endorses_under_embargo,
    "endorsements.confirm": confirms,
    "endorsements.disown": disowns,
    "endorsements.manage": withdraws,
    "endorsements.renew": renews,
    "endorsements.second": seconds,
    "endorsements.updates": stops_news,
    "members.application": hands_in,
    "members.not_me": is_no_contact,
    "members.profile": confirms_the_year_from_the_profile,
    "members.vote": votes,
    "members.year": confirms_the_year,
}


@pytest.mark.parametrize("purpose", PRESSED)
def test_the_button_behind_a_link_still_acts(site: Upgraded, purpose: str) -> None:
    PRESSED[purpose](site)


def test_no_purpose_is_without_a_proof() -> None:
    assert {*PURPOSES} == {*PRESSED, "members.application_read"}, "what may only be read has no button"


# Mail


def test_what_waited_is_sent_and_what_failed_can_be_sent_again(site: Upgraded) -> None:
    call_command("run_due", verbosity=0)
    left = [[message.to[0], message.subject] for message in mail.outbox]
    assert [left.count(told) for told in site.told["mails"]] == [1] * len(site.told["mails"])
    failed = query("SELECT recipient FROM core_outgoingmail WHERE state = 'failed' ORDER BY recipient")
    assert failed
    mail.outbox.clear()
    assert signed_in("secretary@example.org").post("/admin/mail/send-all-again/").status_code == 302
    call_command("run_due", verbosity=0)
    assert {(message.to[0],) for message in mail.outbox} >= {*failed}
    assert not query("SELECT id FROM core_outgoingmail WHERE state = 'failed'")


def test_a_mailing_that_was_begun_goes_on(site: Upgraded) -> None:
    of_reply = "SELECT count(*) FROM core_outgoingmail WHERE purpose = 'endorsements.reply'"
    assert query(of_reply) == [(0,)]
    call_command("run_due", verbosity=0)
    assert query(of_reply) == [(3,)]


def composed(purpose: str) -> tuple[str, list[str]]:
    """The subject of the newest mail of this purpose, and what its two parts say."""
    [(subject, content)] = query("SELECT subject, content FROM core_outgoingmail WHERE purpose = %s ORDER BY id DESC LIMIT 1", purpose)
    message: Any = message_from_bytes(bytes(content), policy=policy.default)
    return subject, [message.get_body((kind,)).get_content() for kind in ("plain", "html")]


def test_words_that_an_editor_changed_are_still_what_mails_say(site: Upgraded) -> None:
    ask("director@enugu-radio.example.org")
    subject, parts = composed("members.resume")
    assert "Radiographers" not in subject, "what a stranger typed is in no subject, whatever an editor wrote"
    assert all("Karibu again, Radiographers of Enugu." in part and "Pole pole." in part for part in parts)
    form = {"as": "person", "name": "Somebody New", "country": "KE", "role": "Nurse", "email": "new@example.org"}
    sent("/news/pay-health-workers-on-time/endorse/", form)
    subject, parts = composed("endorsements.confirm")
    assert subject == "Your yes to “Pay health workers on time”"
    assert all("Karibu!" in part and "One press of the button is missing." in part for part in parts)
    confirms(site)
    subject, parts = composed("endorsements.confirmed")
    assert all("Asante for endorsing “Pay health workers on time”." in part and "day or night." in part for part in parts)


def test_the_editor_of_mails_shows_what_was_changed(site: Upgraded) -> None:
    secretary_client = signed_in("secretary@example.org")
    for name, words in {
        "endorsements/confirm": "Karibu!",
        "members/submitted": "It is read by two of us.",
        "members/resume": "Pole pole.",
    }.items():
        assert words in secretary_client.get(f"/admin/mail-texts/{name}/").content.decode(), name


# In public


def test_every_public_address_still_answers(site: Upgraded) -> None:
    now = {path: answers.address(path) for path in site.told["addresses"]}
    assert {path: answer for path, answer in now.items() if answer != site.told["addresses"][path]} == {}


def test_every_feed_keeps_its_ids(site: Upgraded) -> None:
    """Except those of aliases, which stood beside their pages in 0.1.0."""
    keys = query("SELECT translation_key FROM wagtailcore_page WHERE alias_of_id IS NOT NULL")
    aliases = {f"urn:uuid:{UUID(str(key))}" for (key,) in keys}
    kept = {path: [one for one in ids if one not in aliases] for path, ids in site.told["feeds"].items()}
    assert {path: ids for path, ids in kept.items() if answers.feed_ids(path) != ids} == {}


def test_what_was_signed_and_handed_over_is_still_verified(site: Upgraded) -> None:
    names = answers.known_names()
    for table, column in (("endorsements_textversion", "text"), ("endorsements_delivery", "content")):
        stored = query(f"SELECT {column}, sha256 FROM {table}")
        assert stored
        assert all(hashlib.sha256(text.encode()).hexdigest() == digest for text, digest in stored)
    for digest, told in site.told["hashes"].items():
        page = answers.page(f"/verify/{digest}/", names)
        assert (page["status"], {*told["says"]} <= {*page["says"]}) == (told["status"], True), digest
    files = [path for path in site.told["addresses"] if path.endswith(".txt") and "/versions/" in path]
    assert files
    for path in files:
        assert hashlib.sha256(Client().get(path).content).hexdigest() in site.told["hashes"], path


# In the admin


def signed_in(email: str) -> Client:
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(get_user_model().objects.get(email=email))
    return client


def test_everybody_still_signs_in_and_sees_their_admin(site: Upgraded) -> None:
    for email in ("operator", "secretary", "editor", "committee"):
        client = Client()
        assert client.login(email=f"{email}@example.org", password="correct horse battery staple"), email
        assert client.get("/admin/").status_code == 200, email
    assert not Client().login(email="former@example.org", password="correct horse battery staple")


def test_the_files_of_applications_are_still_read(site: Upgraded) -> None:
    secretary_client = signed_in("secretary@example.org")
    join = "members_applicationfile f JOIN members_application a ON a.id = f.application_id"
    files = query(f"SELECT f.id, a.id, f.size FROM {join} WHERE a.state <> 'draft'")
    assert files
    for number, application, size in files:
        answer = secretary_client.get(f"/admin/applications/{application}/files/{number}/")
        assert (answer.status_code, len(b"".join(answer))) == (200, size)
    [(change,)] = query("SELECT id FROM members_profilechange WHERE logo <> ''")
    assert secretary_client.get(f"/admin/profile-changes/{change}/logo/").status_code == 200


def test_the_audit_log_is_still_read(site: Upgraded) -> None:
    logged = {action for table in ("model", "page") for (action,) in query(f"SELECT DISTINCT action FROM wagtailcore_{table}logentry")}
    assert len(logged) > 50
    assert {action for action in logged if not registry.action_exists(action)} == set()
    history = signed_in("operator@example.org").get("/admin/reports/site-history/?export=csv")
    lines = list(csv.reader(io.StringIO(b"".join(history).decode("utf-8-sig"))))
    assert len(lines) == 1 + sum(query(f"SELECT count(*) FROM wagtailcore_{table}logentry")[0][0] for table in ("model", "page"))
