"""What the secretariat does with a table of members, for tests that go through the door."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from members.models import Contact, ImportedMembers, Membership, Organisation, Seat

from .answers import Screen, levels


def table(*rows: Iterable[object]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


def send(client: Client, content: bytes, name: str = "members.csv") -> Any:
    return client.post(reverse("member_import:index"), {"file": SimpleUploadedFile(name, content)})


def upload(client: Client, *rows: Iterable[object]) -> ImportedMembers:
    response = send(client, table(*rows))
    assert response.status_code == 302, response.context["form"].errors
    return ImportedMembers.objects.latest("pk")


def address(imported: ImportedMembers) -> str:
    return reverse("member_import:table", args=(imported.pk,))


def preview(client: Client, imported: ImportedMembers) -> Any:
    response = client.get(address(imported))
    assert response.status_code == 200
    return response


def counts(client: Client, imported: ImportedMembers) -> list[int]:
    """How many organisations are new, changed, unchanged and in doubt, and how many rows have a problem."""
    page = preview(client, imported).content.decode()
    return [int(number) for number in re.findall(r"<strong>(\d+)</strong>\s*(?:organisation|row)", page)]


def press(client: Client, imported: ImportedMembers, **fields: Any) -> list[str]:
    """The levels of the messages after "Import" was pressed."""
    shown = Screen(preview(client, imported)).hidden.get("shown", "")
    answer = client.post(address(imported), {"shown": shown, **fields}, follow=True)
    assert answer.status_code == 200
    imported.refresh_from_db()
    return levels(answer)


def everything() -> list[list[dict[str, Any]]]:
    """All that is stored of members, without what the yearly question keeps."""
    kept = {"next_request_on", "unreachable_since", "reach_checked_on"}
    models = (Organisation, Membership, Contact, Seat)
    rows = [list(model._default_manager.order_by("pk").values()) for model in models]
    return [[{name: value for name, value in row.items() if name not in kept} for row in stored] for stored in rows]


def problems(client: Client, imported: ImportedMembers) -> dict[int, set[str]]:
    """The columns with problems, by row."""
    return {entry.line: {problem.heading for problem in entry.problems} for entry in preview(client, imported).context["reading"].rejected}
