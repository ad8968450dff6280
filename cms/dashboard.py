"""The home page of the admin: a welcome and shortcuts. What waits there is also sent by email (`cms.digest`).

An app adds a shortcut with Wagtail's hook mechanism: a function registered under `HOOK` takes the user and returns a Shortcut, or None if
the user lacks permission.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wagtail import hooks
from wagtail.admin.ui.components import Component

HOOK = "register_dashboard_shortcut"


@dataclass(frozen=True)
class Shortcut:
    """Something to do. `count` is the number of things waiting there.

    `newest` is when the last of them arrived. Leave it out if they are not worth an email, or have emails of their own. `late` is how many
    of them should have been done by now: while there are any, the morning email repeats weekly.
    """

    label: str
    text: str
    url: str
    icon: str
    order: int
    count: int | None = None
    newest: datetime | None = None
    late: int = 0


def shortcuts(user: Any) -> list[Shortcut]:
    """The shortcuts that this user may follow, in order."""
    found = [shortcut for function in hooks.get_hooks(HOOK) if (shortcut := function(user))]
    return sorted(found, key=lambda shortcut: shortcut.order)


def waiting_shortcuts(user: Any) -> list[Shortcut]:
    """The shortcuts where something waits for this user."""
    return [shortcut for shortcut in shortcuts(user) if shortcut.count]


class WelcomePanel(Component):
    """Greets the user by name and shows the shortcuts."""

    name = "welcome"
    template_name = "cms/admin/welcome.html"
    order = 10

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        return {"user": user, "shortcuts": shortcuts(user)}
