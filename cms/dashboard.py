"""The first page of the admin: a welcome and the few things that people come for.

Any room adds its own with Wagtail's hook mechanism: a function registered under `HOOK` takes the request and returns a Shortcut, or
None for somebody who may not follow it.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component

HOOK = "register_dashboard_shortcut"


@dataclass(frozen=True)
class Shortcut:
    """Something to do: its words, one sentence on it, where it leads, an icon, its place; `count` is how many things wait there."""

    label: str
    text: str
    url: str
    icon: str
    order: int
    count: int | None = None


class WelcomePanel(Component):
    """Greets by name and shows the shortcuts that this person may follow."""

    name = "welcome"
    template_name = "cms/admin/welcome.html"
    order = 10

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        request: HttpRequest = parent_context["request"]
        found = [shortcut for function in hooks.get_hooks(HOOK) if (shortcut := function(request))]
        return {"user": request.user, "shortcuts": sorted(found, key=lambda shortcut: shortcut.order)}
