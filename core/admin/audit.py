"""What Wagtail's audit log says of a row, in words for the pages of the admin."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

MOST = 100


def history(row: models.Model, reasons: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Its last hundred lines, the newest first: the `entry`, `who` did it, and `why`, if its data name one of these `reasons`."""
    entries = ModelLogEntry.objects.for_instance(row).select_related("user").order_by("-timestamp", "-pk")[:MOST]
    return [
        {
            "entry": entry,
            "who": entry.user.get_full_name() if entry.user else "",
            "why": (reasons or {}).get(entry.data.get("reason", ""), ""),
        }
        for entry in entries
    ]


def last_transition(row: models.Model) -> str:
    """The last change of its state, for whoever was slower: "Declined (Ann Other, 2 minutes ago)"; '' when none is known."""
    entries = ModelLogEntry.objects.for_instance(row).select_related("user").order_by("-timestamp", "-pk")[:20]
    last = next((entry for entry in entries if "from" in entry.data and "to" in entry.data), None)
    if last is None:
        return ""
    when_and_who = ", ".join(filter(None, (last.user.get_full_name() if last.user else "", ago(last.timestamp))))
    return f"{last.message} ({when_and_who})"


def ago(moment: Any) -> str:
    return _("%(time)s ago") % {"time": timesince(moment, timezone.now(), depth=1)}
