"""What the preview says of the rows that an import would write."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.admin.records import label_of
from members.identity.countries import country_name

from .plan import Outcome, Plan, Write
from .writing import DAYS, MODELS

_WITHOUT_LABEL = ("name", "email", "category")


class Line(NamedTuple):
    """What would be written: in which row of the file it is said, what it is, and its value before and after."""

    row: int
    label: str
    before: str
    after: str


def lines(outcome: Outcome) -> list[Line]:
    """A line for each new row, and for each field that would change."""
    return [line for write in outcome.writes for line in (_changed(write) if write.pk else [_new(write)])]


def _new(write: Write) -> Line:
    model = MODELS[write.model]
    values = []
    for name, value in write.after.items():
        if value is True:
            values.append(label_of(model, name))
        elif value:
            shown = text(write.model, name, value)
            values.append(shown if name in _WITHOUT_LABEL else f"{label_of(model, name)}: {shown}")
    return Line(write.line, str(capfirst(model._meta.verbose_name)), "", " · ".join(values))


def _changed(write: Write) -> Iterator[Line]:
    model = MODELS[write.model]
    for name, value in write.after.items():
        label = f"{capfirst(model._meta.verbose_name)} · {label_of(model, name)}"
        yield Line(write.line, label, text(write.model, name, write.before[name]), text(write.model, name, value))


def text(model: str, name: str, value: Any) -> str:
    """A value as people read it."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in DAYS:
        return date_format(date.fromisoformat(value), "j F Y")
    if name == "country":
        return country_name(value)
    if name == "countries_of_work":
        return ", ".join(map(country_name, value))
    choices = dict(MODELS[model]._meta.get_field(name).flatchoices or ())
    return str(choices.get(value, value)).replace("\n", "; ")


def counts_of(plan: Plan) -> dict[str, int]:
    counts: dict[str, int] = {}
    for _outcome, write in plan.writes:
        key = f"{write.model}_{'changed' if write.pk else 'new'}"
        counts[key] = counts.get(key, 0) + 1
    return counts


def in_words(counts: Mapping[str, int]) -> list[str]:
    """How many rows of each sort are created and changed."""
    found = []
    for model, cls in MODELS.items():
        names = {"one": cls._meta.verbose_name, "many": cls._meta.verbose_name_plural}
        if new := counts.get(f"{model}_new", 0):
            found.append(ngettext("%(count)d new %(one)s", "%(count)d new %(many)s", new) % {"count": new, **names})
        if changed := counts.get(f"{model}_changed", 0):
            found.append(ngettext("%(count)d changed %(one)s", "%(count)d changed %(many)s", changed) % {"count": changed, **names})
    return found
