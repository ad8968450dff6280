"""The sign-ons of the starting content: opened, signed by samples, closed and handed over on the days that the files say.

`sign_on:` in a post's head names what the declaration asks and a list of signatories in signatories/, a CSV as the secretariat imports
it (`endorsements.imports.reader`) with one column more, `date`. Whoever stands in it is an invented sample, and marked so on the site.
"""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.utils.timezone import make_aware

from core.spreadsheets import Table, UnreadableTable, read_csv
from endorsements.declarations.workflow import close, open_sign_on
from endorsements.deliveries.workflow import deliver
from endorsements.imports.reader import MOST_ROWS
from endorsements.imports.workflow import import_list
from endorsements.models import DeclarationPage, Endorsement, ImportedList
from endorsements.models.sign_on import sign_on_of
from endorsements.states import Source

from .reader import Entry
from .source import Lined, Place, Problems, as_date

DELIVERY = {"recipient", "date", "method", "note"}


def check(folder: Path, made: Entry, problems: Problems) -> None:
    """Whether a declaration's sign-on can be made from what the files say. Touches no database."""
    head = made.head.get("sign_on")
    if not isinstance(head, Lined):
        return
    for key in ("opened", "closed"):
        _check_date(head, key, problems, needed=key == "opened")
    handed = head.get("delivery")
    if handed is not None and not (isinstance(handed, Lined) and set(handed) <= DELIVERY and {"recipient", "method"} <= set(handed)):
        problems.add(head.at("delivery"), f"“delivery” has {', '.join(sorted(DELIVERY))}.")
    elif handed is not None:
        _check_date(handed, "date", problems, needed=True)
        if not head.get("closed"):
            problems.add(head.at("delivery"), "Only a closed declaration is delivered. Add “closed”.")
    if head.get("signatories"):
        _check_signatories(_file(folder, head), head, problems)


def _check_date(head: Lined, key: str, problems: Problems, *, needed: bool) -> None:
    if not head.get(key):
        if needed:
            problems.add(head.at(key), f"“{key}” is missing. Add the day.")
        return
    try:
        as_date(head[key])
    except ValueError as error:
        problems.add(head.at(key), f"“{key}”: {error}")


def _check_signatories(file: Path, head: Lined, problems: Problems) -> None:
    try:
        table = _table(file)
    except OSError:
        problems.add(head.at("signatories"), f"There is no file signatories/{file.name}. Add it.")
        return
    except UnreadableTable as error:
        problems.add(Place(file), str(error))
        return
    for row in table.rows:
        try:
            as_date(row.cells.get("date", ""))
        except ValueError as error:
            problems.add(Place(file, row.line), f"“date”: {error}")


def _file(folder: Path, head: Lined) -> Path:
    return folder / "signatories" / Path(str(head["signatories"])).name


def _table(file: Path) -> Table:
    return read_csv(file.read_bytes(), most_rows=MOST_ROWS)


def build(folder: Path, page: DeclarationPage, head: Lined) -> None:
    """Open, sign, close and deliver, each at noon of its day."""
    sign_on = sign_on_of(page)
    open_sign_on(sign_on, by=None, now=_noon(head["opened"]))
    if head.get("signatories"):
        _sign(page, _file(folder, head), now=_noon(head["opened"]))
    if head.get("closed"):
        close(sign_on, by=None, now=_noon(head["closed"]))
    handed = head.get("delivery")
    if handed:
        deliver(
            sign_on,
            recipient=handed["recipient"],
            delivered_on=as_date(handed["date"]),
            method=handed["method"],
            note=handed.get("note") or "",
            by=None,
            now=_noon(handed["date"]),
        )


def _sign(page: DeclarationPage, file: Path, *, now: datetime) -> None:
    """Import the list, and give each name the day on which it was, or would have been, signed."""
    imported = ImportedList.objects.create(
        declaration=page, provenance="Invented sample", file_name=file.name, content=file.read_bytes(), uploaded_at=now
    )
    import_list(imported, by=None, now=now)
    days: dict[str, list[Any]] = {}
    for row in _table(file).rows:
        days.setdefault(row.cells["date"], []).append(row.cells["name"])
    for day, names in days.items():
        at = _noon(day)
        Endorsement.objects.filter(imported=imported, name__in=names).update(
            source=Source.SAMPLE, submitted_at=at, confirmed_at=at, listed_at=at
        )


def _noon(day: Any) -> datetime:
    return make_aware(datetime.combine(day if isinstance(day, date) else as_date(day), time(12)))
