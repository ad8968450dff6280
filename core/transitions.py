"""State transitions: safe when two people act at once, and recorded in the audit log."""

from collections.abc import Mapping, Set
from typing import Any

from django.db import models, transaction
from wagtail.log_actions import log


class TransitionNotAllowed(Exception):
    """The row's state does not allow the transition. `state` is its current state, None if the row is gone."""

    def __init__(self, state: str | None, to: str) -> None:
        super().__init__(f"no transition from {state} to {to}")
        self.state = state


class NotPossible(Exception):
    """The action is not possible now. The text says why, to the person who pressed the button."""


def transition(
    row: models.Model,
    *,
    to: str,
    transitions: Mapping[Any, Set[Any]],
    action: str,
    by: Any = None,
    changes: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    field: str = "state",
) -> bool:
    """Change the state of `row` by compare-and-set and log it as `action` of the user `by`, both or neither.

    `transitions`, defined in states.py, maps each state to the set of states that may follow it. Returns False, and changes and logs
    nothing, if the row is in state `to` already. Raises TransitionNotAllowed if its state does not lead to `to`. `changes` are other
    fields to set at the same time. The state in the database counts, not that of the given object, which is updated to match; after a
    rollback of the caller's transaction, read the object again. `action` must be registered with Wagtail's hook
    `register_log_actions`; `by` is None for the site itself.
    """
    sources = [state for state, following in transitions.items() if to in following]
    values = {field: to, **(changes or {})}
    with transaction.atomic():
        found = type(row)._base_manager.filter(pk=row.pk)
        before = getattr(row, field)
        if not found.filter(**{f"{field}__in": sources}).update(**values):
            now = found.values_list(field, flat=True).first()
            if now == to:
                setattr(row, field, now)
                return False
            raise TransitionNotAllowed(now, to)
        for name, value in values.items():
            setattr(row, name, value)
        log(row, action, user=by, data={"from": str(before), "to": str(to), **(data or {})})
    return True
