"""Exporting the data of a person (GDPR, Articles 15 and 20)."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from core.mail.suppression import suppressed_since
from core.models import OutgoingMail

from .find import addresses_of, find_chosen, is_address


def export(typed: str, *, chosen: Collection[str] | None = None, by: Any = None) -> dict[str, list[dict[str, Any]]]:
    """Everything found for `typed`, or only the `chosen` keys, by section. For an address also its emails and its suppression.

    With `by`, the export is recorded in the audit log of each row.
    """
    sections: dict[str, list[dict[str, Any]]] = {}
    with transaction.atomic():
        found = find_chosen(typed, chosen)
        for section, one in found:
            sections.setdefault(section, []).append(one.export())
            if by:
                log(one.row, "members.export", user=by)
    if is_address(typed):
        mails = OutgoingMail.objects.filter(recipient__in=addresses_of(typed, [one for _section, one in found])).order_by("pk")
        columns = mails.values("purpose", "subject", "recipient", "state", "created_at", "finished_at")
        sections["mails"] = [dict(mail) for mail in columns]
        since = suppressed_since(typed)
        sections["gets no mail from here"] = [{"since": since}] if since else []
    return {section: rows for section, rows in sections.items() if rows}
