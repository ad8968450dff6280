"""Sample endorsements of a declaration: opened, signed, closed and delivered on the days given in its file.

`endorsements:` in a post's front matter gives the days and a list of signatories in signatories/: a CSV file as for an import
(`endorsements.imports`) with an additional column `date`. All of them are invented, and marked as samples on the site.
"""

from collections import defaultdict
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.utils.timezone import make_aware

from core.spreadsheets import UnreadableTable, read_table
from demo.files import Location, Problem, Text, Value, as_date, expect, expect_keys
from endorsements.declarations.workflow import close, open_sign_on
from endorsements.deliveries.workflow import deliver
from endorsements.imports.reader import MAX_ROWS
from endorsements.imports.workflow import import_list
from endorsements.models import DeclarationPage, Endorsement, ImportedList
from endorsements.models.sign_on import sign_on_of
from endorsements.states import Source


def read(folder: Path, raw: Value) -> dict[str, Any]:
    """The plan: `opened`, `closed`, `file`, `names` by time, `delivery`. Raises Problem."""
    head = expect_keys(raw, ("opened", "closed", "signatories", "delivery"))
    plan: dict[str, Any] = {"opened": _noon(head.need("opened", Text)), "closed": head.get("closed") and _noon(head["closed"])}
    if name := head.get("signatories"):
        plan["file"] = folder / "signatories" / expect(name, Text)
        plan["names"] = _names_by_day(plan["file"], name)
    if head.get("delivery"):
        delivery = expect_keys(head["delivery"], ("recipient", "date", "method", "note"))
        values = {key: str(delivery.need(key, Text)) for key in ("recipient", "method")}
        day = as_date(delivery.need("date", Text))
        plan["delivery"] = {**values, "note": str(delivery.get("note", "")), "delivered_on": day, "now": _noon(delivery["date"])}
        if not plan["closed"]:
            raise Problem(delivery, "Only a closed declaration is delivered. Add “closed”.")
    return plan


def load_endorsements(folder: Path, page: DeclarationPage, raw: Value) -> None:
    """Open, sign, close and deliver the declaration, each at noon of its day."""
    plan, sign_on = read(folder, raw), sign_on_of(page)
    open_sign_on(sign_on, by=None, now=plan["opened"])
    if "file" in plan:
        _sign(page, plan["file"], plan["names"], now=plan["opened"])
    if plan["closed"]:
        close(sign_on, by=None, now=plan["closed"])
    if "delivery" in plan:
        deliver(sign_on, by=None, **plan["delivery"])


def _sign(page: DeclarationPage, file: Path, names_by_day: dict[datetime, list[str]], *, now: datetime) -> None:
    """Import the list, and give each endorsement the day on which it was signed."""
    imported = ImportedList.objects.create(
        declaration=page, provenance="Invented sample", file_name=file.name, content=file.read_bytes(), uploaded_at=now
    )
    import_list(imported, by=None, now=now)
    for day, names in names_by_day.items():
        Endorsement.objects.filter(imported=imported, name__in=names).update(
            source=Source.SAMPLE, submitted_at=day, confirmed_at=day, listed_at=day
        )


def _names_by_day(file: Path, name: Text) -> dict[datetime, list[str]]:
    try:
        table = read_table(file.read_bytes(), most_rows=MAX_ROWS)
    except OSError:
        raise Problem(name, f"There is no file signatories/{name}. Add it.") from None
    except UnreadableTable as error:
        raise Problem(Location(file), str(error)) from error
    names: dict[datetime, list[str]] = defaultdict(list)
    for row in table.rows:
        day = Text(row.cells.get("date", ""))
        day.location = Location(file, row.line)
        names[_noon(day)].append(row.cells["name"])
    return names


def _noon(day: Value) -> datetime:
    return make_aware(datetime.combine(as_date(day), time(12)))
