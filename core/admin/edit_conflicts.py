"""Edit conflicts in admin forms: what a form showed, what is stored now and what was sent, compared field by field and row by row.

A field or inline row that only one side changed takes that side's value. One that both changed is in conflict: nothing is saved, what was
typed stays on the screen, and sending it again replaces the stored value.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.html import strip_tags
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue
from wagtail.blocks.base import BlockWidget

Texts = list[str]
Values = dict[str, Texts]  # by the name of a field

SALT = "core.edit_conflicts"
MOST = 120  # characters of a quoted value
# What a formset adds to a row. The order of rows is not compared: whoever saves last decides it.
_ROW_KEYS = ("ORDER", "DELETE")
# Wagtail's rich text editor gives paragraphs new keys, and an empty text an empty paragraph.
_BLOCK_KEY = re.compile(r'\s*data-block-key=\\?"[^"\\]*\\?"')


@dataclass
class Shown:
    """What an unbound form shows: its fields, and the rows of its formsets by primary key."""

    fields: Values = field(default_factory=dict)
    rows: dict[str, dict[str, Values]] = field(default_factory=dict)
    at: float = 0.0

    def signed(self) -> str:
        return signing.dumps([self.fields, self.rows, self.at], salt=SALT, compress=True)


def read_signed(text: str) -> Shown | None:
    """None for a text that this site did not sign."""
    try:
        return Shown(*signing.loads(text, salt=SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None


@dataclass(frozen=True)
class Change:
    """What somebody else changed meanwhile: a field of the form if `name` is set, else a row."""

    label: str
    before: str
    after: str
    name: str = ""

    def __str__(self) -> str:
        if not self.before and not self.after:
            return self.label
        nothing = _("nothing")
        return _("%(label)s: from “%(before)s” to “%(after)s”") % {
            "label": self.label,
            "before": self.before or nothing,
            "after": self.after or nothing,
        }


@dataclass
class Merged:
    """The data to validate, and what others changed: kept because this user left it alone, or in conflict."""

    data: QueryDict
    kept: list[Change] = field(default_factory=list)
    conflicts: list[Change] = field(default_factory=list)
    # Fields whose stored value cannot be written as form data: the form must leave them alone.
    left_alone: list[str] = field(default_factory=list)


def what_is_shown(form: Any, *, at: float = 0.0) -> Shown:
    """What an unbound form shows."""
    rows = {
        name: {str(row.instance.pk): _values(row) for row in formset.initial_forms if row.instance.pk}
        for name, formset in getattr(form, "formsets", {}).items()
    }
    return Shown(_values(form), rows, at)


def merge(shown: Shown, form: Any, data: QueryDict, files: MultiValueDict) -> Merged:
    """Merge the data sent by a page that had `shown` this into what is stored now, which the unbound `form` shows."""
    merged = Merged(data.copy())
    stored = what_is_shown(form)
    for name, before in shown.fields.items():
        now = stored.fields.get(name)
        if now is None or now == before:
            continue
        change = Change(_label(form, name), _readable(form, name, before), _readable(form, name, now), name)
        sent = _sent(form.fields[name], data, files, form.add_prefix(name), before)
        if sent == now:
            continue
        if sent != before:
            merged.conflicts.append(change)
            continue
        merged.kept.append(change)
        posted = _posted(form[name])
        if posted is None:
            merged.left_alone.append(name)
        else:
            merged.data.setlist(form.add_prefix(name), posted)
    for name, formset in getattr(form, "formsets", {}).items():
        before_rows, now_rows = shown.rows.get(name), stored.rows[name]
        if before_rows is not None and before_rows != now_rows:
            _Rows(formset, before_rows, now_rows, data, files).merge_into(merged)
    return merged


class _Rows:
    """The rows of one formset, matched by primary key."""

    def __init__(self, formset: Any, before: dict[str, Values], now: dict[str, Values], data: QueryDict, files: MultiValueDict):
        self.formset, self.before, self.now = formset, before, now
        self.data, self.files, self.empty = data, files, formset.empty_form
        self.pk_name = formset.model._meta.pk.name
        self.sent = [f"{formset.prefix}-{number}" for number in range(_number(data.get(f"{formset.prefix}-TOTAL_FORMS")))]

    def merge_into(self, merged: Merged) -> None:
        sent = {pk: prefix for prefix in self.sent if (pk := self.data.get(f"{prefix}-{self.pk_name}", ""))}
        added = [prefix for prefix in self.sent if not self.data.get(f"{prefix}-{self.pk_name}")]
        kept, conflicts = [], []
        old: list[dict[str, Texts]] = []
        new = [self._as_sent(prefix) for prefix in added]
        for pk in dict.fromkeys((*sent, *self.now)):
            before, now, prefix = self.before.get(pk), self.now.get(pk), sent.get(pk)
            is_mine = prefix is not None and (self._is_removed(prefix) or self._values(prefix, before or {}) != (before or {}))
            same = prefix is not None and now is not None and not self._is_removed(prefix) and self._values(prefix, now) == now
            if before == now or same:
                if prefix is not None:
                    old.append(self._as_sent(prefix))
                continue
            change = self._change(before, now)
            if not is_mine:  # only they changed it
                kept.append(change)
                if now is not None:
                    old.append(self._as_stored(pk))
                continue
            if prefix is not None and now is None and self._is_removed(prefix):
                continue  # both removed it
            conflicts.append(change)
            (old if now is not None else new).append(self._as_sent(str(prefix), without_pk=now is None))
        merged.kept += kept
        merged.conflicts += conflicts
        self._write(merged.data, old, new)

    def _write(self, data: QueryDict, old: list[dict[str, Texts]], new: list[dict[str, Texts]]) -> None:
        for key in [key for key in data if any(key.startswith(f"{prefix}-") for prefix in self.sent)]:
            del data[key]
        for number, row in enumerate([*old, *new]):
            for key, values in row.items():
                data.setlist(f"{self.formset.prefix}-{number}-{key}", values)
        data[f"{self.formset.prefix}-INITIAL_FORMS"] = str(len(old))
        data[f"{self.formset.prefix}-TOTAL_FORMS"] = str(len(old) + len(new))

    def _values(self, prefix: str, before: Values) -> Values:
        return {
            name: _sent(self.empty.fields[name], self.data, self.files, f"{prefix}-{name}", before[name])
            for name in before
            if name in self.empty.fields
        }

    def _is_removed(self, prefix: str) -> bool:
        return bool(self.data.get(f"{prefix}-DELETE"))

    def _as_sent(self, prefix: str, *, without_pk: bool = False) -> dict[str, Texts]:
        row = {key.removeprefix(f"{prefix}-"): self.data.getlist(key) for key in self.data if key.startswith(f"{prefix}-")}
        if without_pk:
            row[self.pk_name] = [""]
        return row

    def _as_stored(self, pk: str) -> dict[str, Texts]:
        row = next(row for row in self.formset.initial_forms if str(row.instance.pk) == pk)
        posted = {name: _posted(row[name]) or [] for name in row.fields}
        return {name: values for name, values in posted.items() if values} | {self.pk_name: [pk]}

    def _change(self, before: Values | None, now: Values | None) -> Change:
        label = str(capfirst(self.formset.model._meta.verbose_name))
        if before is None:
            return Change(_("%(row)s added: %(values)s") % {"row": label, "values": self._summary(now or {})}, "", "")
        if now is None:
            return Change(_("%(row)s removed: %(values)s") % {"row": label, "values": self._summary(before)}, "", "")
        changed = [name for name in now if before.get(name) != now[name]]
        fields = ", ".join(_label(self.empty, name) for name in changed)
        return Change(
            f"{label} ({fields})",
            "; ".join(_readable(self.empty, name, before.get(name, [])) or _("nothing") for name in changed),
            "; ".join(_readable(self.empty, name, now[name]) or _("nothing") for name in changed),
        )

    def _summary(self, values: Values) -> str:
        return Truncator(", ".join(filter(None, (_readable(self.empty, name, values[name]) for name in values)))).chars(MOST)


def _values(form: Any) -> Values:
    own = [name for name, one in form.fields.items() if not one.disabled and name not in _ROW_KEYS]
    pk = form.instance._meta.pk.name if getattr(form, "instance", None) is not None else ""
    return {name: _shown(form[name]) for name in own if name != pk}


def _shown(bound: Any) -> Texts:
    """The value of a field as the widget would read it from a page that nobody touched."""
    widget = bound.field.widget
    if isinstance(widget, forms.FileInput):
        return _texts(str(bound.initial or ""))
    posted = _posted(bound)
    if posted is None:
        return _texts(bound.value())
    data = QueryDict(mutable=True)
    data.setlist(bound.html_name, posted)
    return _texts(widget.value_from_datadict(data if posted else QueryDict(), MultiValueDict(), bound.html_name))


def _sent(form_field: forms.Field, data: QueryDict, files: MultiValueDict, html_name: str, before: Texts) -> Texts:
    value = form_field.widget.value_from_datadict(data, files, html_name)
    if isinstance(form_field.widget, forms.FileInput):
        return before if value is None else _texts("new" if value else "")
    return _texts(value)


def _posted(bound: Any) -> Texts | None:
    """What a browser sends for an untouched field; None for one whose inputs its widget alone knows."""
    widget, value = bound.field.widget, bound.field.prepare_value(bound.initial)
    if isinstance(widget, BlockWidget | forms.FileInput | forms.MultiWidget):
        return None
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    shown = widget.format_value(value)
    if isinstance(shown, list | tuple):
        return [str(one) for one in shown if one not in (None, "")]
    return [] if shown is None else [str(shown)]


def _texts(value: Any) -> Texts:
    """A value as texts with "\\n" as line end: none if it is empty, several for several choices."""
    if isinstance(value, StreamValue):
        prepared = value.get_prep_value()
        return [_BLOCK_KEY.sub("", json.dumps(prepared, sort_keys=True, default=str))] if prepared else []
    values: Iterable[Any] = value if isinstance(value, list | tuple | set) else [value]
    texts = (str(one).replace("\r\n", "\n").strip() for one in values if one is not None and one is not False)
    return sorted(filter(None, ("" if text == "<p></p>" else text for text in (_BLOCK_KEY.sub("", text) for text in texts))))


def _label(form: Any, name: str) -> str:
    return str(form[name].label if name in form.fields else name)


def _readable(form: Any, name: str, texts: Texts) -> str:
    """A value as people read it; '' if it is empty or has no short form."""
    one = form.fields.get(name)
    if one is None or isinstance(one.widget, BlockWidget):
        return ""
    if isinstance(one, forms.BooleanField):
        return _("Yes") if texts else _("No")
    return Truncator(strip_tags(", ".join(_names(one, texts)))).chars(MOST)


def _names(form_field: forms.Field, texts: Texts) -> Iterator[str]:
    if isinstance(form_field, forms.ModelChoiceField) and form_field.queryset is not None:
        key = form_field.to_field_name or "pk"
        known = {str(getattr(row, key)): str(row) for row in form_field.queryset.filter(**{f"{key}__in": texts})}
    else:
        known = dict(_flat(getattr(form_field, "choices", ())))
    return (known.get(text, text) for text in texts)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), str(label)


def _number(text: Any) -> int:
    return min(int(text), 1000) if text and str(text).isascii() and str(text).isdecimal() and len(str(text)) < 5 else 0
