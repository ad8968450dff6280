"""The first page of the admin: a welcome and the few things that people come for. What waits there is told by mail too (`cms.digest`).

Any room adds its own with Wagtail's hook mechanism: a function registered under `HOOK` takes the user and returns a Shortcut, or
None for somebody who may not follow it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wagtail import hooks
from wagtail.admin.ui.components import Component

HOOK = "register_dashboard_shortcut"


@dataclass(frozen=True)
class Shortcut:
    """Something to do: its words, one sentence on it, where it leads, an icon, its place; `count` is how many things wait there.

    `newest` is when the last of them came, where that is worth a mail: not of what was told by a mail of its own.
    """

    label: str
    text: str
    url: str
    icon: str
    order: int
    count: int | None = None
    newest: datetime | None = None


def shortcuts(user: Any) -> list[Shortcut]:
    """Those that this person may follow."""
    found = [shortcut for function in hooks.get_hooks(HOOK) if (shortcut := function(user))]
    return sorted(found, key=lambda shortcut: shortcut.order)


def what_waits(user: Any) -> list[Shortcut]:
    return [shortcut for shortcut in shortcuts(user) if shortcut.count]


class WelcomePanel(Component):
    """Greets by name and shows the shortcuts."""

    name = "welcome"
    template_name = "cms/admin/welcome.html"
    order = 10

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        return {"user": user, "shortcuts": shortcuts(user)}
