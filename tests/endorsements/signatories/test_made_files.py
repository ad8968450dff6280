"""The files of all names: made once for a version of the list, at most once in some seconds, and anew when a name changes or leaves."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import ContentVersion
from endorsements.erasure import erase_holder
from endorsements.imports.workflow import take_back
from endorsements.models import Endorsement, ImportedList, SignOn
from endorsements.moderation import bulk, names
from endorsements.moderation import workflow as moderation
from endorsements.signatories import public_files, views
from endorsements.signing import workflow as signing
from endorsements.states import DeclineReason, Purpose, Source, State
from tests.support.calls import record_calls
from tests.support.declarations import ORGANISATION, PERSON, confirmed, open_declaration, recorded
from tests.support.reader import Reader
from tests.support.signatories import list_names

pytestmark = pytest.mark.django_db


def read(client: Client, page: Any, part: str) -> str:
    response = client.get(f"{page.url}{part}")
    assert response.status_code == 200
    return response.getvalue().decode()


def pass_time(seconds: float = 20) -> None:
    """Let the files on disk be older."""
    for file in Path(settings.MADE_FILES_DIR).glob("*/*"):
        then = file.stat().st_mtime - seconds
        os.utime(file, (then, then))


def _name_corrected(row: Endorsement) -> None:
    names.correct_name(row, {"name": "Another Name", "acronym": "", "country": "UG", "website": ""}, by=None, now=timezone.now())


def _imported_and_taken_back(row: Endorsement) -> None:
    imported = ImportedList.objects.create(declaration_id=row.declaration_id, provenance="A list", content=b"")
    Endorsement.objects.filter(pk=row.pk).update(imported=imported, source=Source.IMPORT)
    take_back(imported, by=None, now=timezone.now())


def _saved(row: Endorsement) -> None:
    row.name = "Another Name"
    row.save()


LEAVING = {
    "withdrawn": lambda row: signing.withdraw(row, shown=False, now=timezone.now()),
    "not me": lambda row: signing.report_not_me(row, now=timezone.now()),
    "hidden": lambda row: signing.change_consent(row, purpose=Purpose.SHOW_NAME, given=False, language="en", now=timezone.now()),
    "role": lambda row: signing.change_role(row, role="Secret Keeper", affiliation=""),
    "held": lambda row: moderation.hold(row, by=None, now=timezone.now()),
    "declined": lambda row: moderation.decline(row, reason=DeclineReason.FALSE, by=None, now=timezone.now()),
    "corrected": _name_corrected,
    "erased": lambda row: erase_holder(row, by=None, now=timezone.now()),
    "import taken back": _imported_and_taken_back,
    "saved": _saved,
    "deleted": lambda row: row.delete(),
    "deleted in bulk": lambda row: Endorsement.objects.filter(pk=row.pk).delete(),
    "changed in bulk": lambda row: Endorsement.objects.filter(pk=row.pk).update(name="Another Name"),
    "written in bulk": lambda row: Endorsement.objects.bulk_update([Endorsement(pk=row.pk, name="Another Name")], ["name"]),
}


@pytest.mark.parametrize("how", LEAVING)
@pytest.mark.one_database
def test_a_name_that_leaves_or_changes_is_gone_at_once(reader: Client, home: Any, how: str) -> None:
    page = open_declaration()
    row = confirmed(page, PERSON)
    list_names(page, "Midwives of Gulu")
    assert row.state == State.LISTED
    parts = ("", "signatories/", "signatories/all/", "signatories.csv", "signatories.json")
    before = {part: read(reader, page, part) for part in parts}
    LEAVING[how](row)
    for part, text in before.items():
        after = read(reader, page, part)
        assert (PERSON["name"] in text, "Midwives of Gulu" in after) == (True, True)
        assert after != text
        assert PERSON["name"] not in after or "Secret Keeper" in after
    assert not any(PERSON["name"] in path.read_text("utf-8", "replace") for path in Path(settings.MADE_FILES_DIR).glob("*/*.*")) or (
        how == "role"
    )


@pytest.mark.one_database
@pytest.mark.parametrize("erase", [erase_holder, lambda row, **_more: row.delete()])
def test_who_is_shown_as_withdrawn_can_be_erased_at_once(reader: Reader, home: Any, erase: Any) -> None:
    page = open_declaration()
    row = confirmed(page, PERSON)
    signing.withdraw(row, shown=True, now=timezone.now())
    assert PERSON["name"] in read(reader, page, "signatories/")
    purged = ContentVersion.objects.get().purged
    erase(row, by=None, now=timezone.now())
    assert PERSON["name"] not in read(reader, page, "signatories/")
    assert ContentVersion.objects.get().purged > purged


@pytest.mark.one_database
def test_the_list_of_another_declaration_keeps_its_edition(client: Client, home: Any) -> None:
    page, other = open_declaration(), open_declaration("Another")
    recorded()
    row = confirmed(page, ORGANISATION)
    list_names(other, "Nurses of Lira")

    def editions() -> dict[int, int]:
        return dict(SignOn.objects.filter(declaration__in=(page, other)).values_list("declaration", "list_edition"))

    # What is not public, and who is listed anew, make no edition.
    assert set(editions().values()) == {0}
    signing.set_wants_updates(row, wanted=False)
    moderation.write_note(row, note="Seen", by=None)
    confirmed(page, PERSON)
    assert set(editions().values()) == {0}
    moderation.hold(row, by=None, now=timezone.now())
    assert editions() == {page.pk: 1, other.pk: 0}


def test_erasing_who_signed_for_an_organisation_leaves_its_name(client: Client, home: Any) -> None:
    """On rows that are locked: PostgreSQL refuses some questions about them."""
    page = open_declaration()
    recorded()
    row = confirmed(page, ORGANISATION)
    erase_holder(row, by=None, now=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.role) == (State.LISTED, "")
    assert ORGANISATION["name"] in read(client, page, "signatories.csv")


@pytest.mark.one_database
def test_new_names_make_one_file_in_some_seconds(client: Client, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_declaration()
    list_names(page, "Midwives of Gulu")
    made = record_calls(monkeypatch, public_files, "_rows")
    read(client, page, "signatories.csv")
    for number in range(20):
        list_names(page, f"Nurses {number}")
        assert "Nurses" not in read(client, page, "signatories.csv")
    assert len(made) == 1
    pass_time()
    assert "Nurses 19" in read(client, page, "signatories.csv")
    assert len(made) == 2
    # Undone and listed again with an earlier date, and another text confirmed: that makes another version, too.
    for change in (
        lambda: list_names(page, "Old One", listed_at=timezone.now() - timedelta(days=30)),
        lambda: Endorsement.objects.filter(name="Old One").update(country="KE"),
    ):
        pass_time()
        before = read(client, page, "signatories.csv")
        change()
        pass_time()
        assert read(client, page, "signatories.csv") != before
    pass_time()
    count = len(made)
    read(client, page, "signatories.csv")
    read(client, page, "signatories.csv")
    assert len(made) == count


@pytest.mark.one_database
def test_what_bulk_actions_undo_is_in_the_files_again(client: Client, home: Any) -> None:
    page = open_declaration()
    row = confirmed(page, PERSON)
    act, _refused = bulk.apply_to_all(
        [row], lambda one: moderation.hold(one, by=None, now=timezone.now()), to=State.HELD, by=None, now=timezone.now()
    )
    assert PERSON["name"] not in read(client, page, "signatories.csv")
    bulk.undo(act, by=None, now=timezone.now())
    pass_time()
    assert PERSON["name"] in read(client, page, "signatories.csv")


@pytest.mark.one_database
def test_a_file_is_sent_from_disk_with_its_validator(client: Client, home: Any) -> None:
    page = open_declaration()
    list_names(page, *(f"Midwives {number}" for number in range(50)))
    for extension in ("csv", "json"):
        address = f"{page.url}signatories.{extension}"
        first = client.get(address)
        text = first.getvalue()
        with CaptureQueriesContext(connection) as queries:
            again = client.get(address, headers={"if-none-match": first["ETag"]})
            head = client.head(address)
        assert not [query for query in queries.captured_queries if "endorsements_endorsement" in query["sql"]]
        assert (again.status_code, again["ETag"], again.get("Content-Disposition")) == (304, first["ETag"], None)
        assert again["Access-Control-Allow-Origin"] == "*"
        assert (head["Content-Length"], head["ETag"]) == (str(len(text)), first["ETag"])
        packed = client.get(address, headers={"accept-encoding": "gzip"})
        assert packed["Content-Encoding"] == "gzip"
        assert "public" in first["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_two_readers_make_a_file_once(client: Client, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_declaration()
    list_names(page, "Midwives of Gulu")
    made: list[object] = []
    make = views.as_json

    def slowly(status: Any) -> Any:
        made.append(status)
        time.sleep(0.3)
        yield from make(status)

    monkeypatch.setattr(views, "as_json", slowly)

    def ask(_number: int) -> list[str]:
        try:
            return [one["name"] for one in json.loads(read(Client(), page, "signatories.json"))["signatories"]]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(ask, range(2))) == [["Midwives of Gulu"]] * 2
    assert len(made) == 1
