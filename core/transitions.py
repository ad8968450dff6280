"""One writer per state: the change of a state, safe when two people do it at once, with its line in the audit log."""

from collections.abc import Mapping, Set
from typing import Any

from django.db import models, transaction
from wagtail.log_actions import log


class Refused(Exception):
    """The row is in a state that has no such move. `state` is the one it is in, None when the row is gone."""

    def __init__(self, state: str | None, to: str) -> None:
        super().__init__(f"no move from {state} to {to}")
        self.state = state


class NotPossible(Exception):
    """The action does not fit the state of things. The text says why, to the person who pressed the button."""


def move(
    row: models.Model,
    *,
    to: str,
    moves: Mapping[Any, Set[Any]],
    action: str,
    by: Any = None,
    changes: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    field: str = "state",
) -> bool:
    """Change the state of `row` by compare-and-set and log it as `by`'s `action`, both or neither.

    `moves` is the table of legal moves in states.py, from a state to the set of those that may follow. False when the row is in
    state `to` already: somebody was faster, or asked twice; nothing is changed or logged. Raises Refused when no legal move leads there.
    `changes` are other fields to set in the same moment. What counts is the row in the database, never the object in hand, which
    afterwards agrees with it. If the caller's transaction rolls back, read the object again before using it.
    `action` must be registered with Wagtail's hook `register_log_actions`; `by` is a user, or None for the site itself.
    """
    sources = [state for state, following in moves.items() if to in following]
    values = {field: to, **(changes or {})}
    with transaction.atomic():
        found = type(row)._base_manager.filter(pk=row.pk)
        before = getattr(row, field)
        if not found.filter(**{f"{field}__in": sources}).update(**values):
            now = found.values_list(field, flat=True).first()
            if now == to:
                setattr(row, field, now)
                return False
            raise Refused(now, to)
        for name, value in values.items():
            setattr(row, name, value)
        log(row, action, user=by, data={"from": str(before), "to": str(to), **(data or {})})
    return True
