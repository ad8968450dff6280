"""One person's data as a file of theirs (GDPR, Articles 15 and 20)."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from core.mail.suppression import suppressed_since
from core.models import OutgoingMail

from .find import chosen_of, is_address, spellings


def export(typed: str, *, chosen: Collection[str] | None = None, by: Any = None) -> dict[str, list[dict[str, Any]]]:
    """What is found, or of it the `chosen` keys, by section; with an address its emails, and since when it wants none.

    The audit log of each row notes who exported it, if it was `by` somebody.
    """
    sections: dict[str, list[dict[str, Any]]] = {}
    with transaction.atomic():
        for section, one in chosen_of(typed, chosen):
            sections.setdefault(section, []).append(one.export())
            if by:
                log(one.row, "members.export", user=by)
    if is_address(typed):
        mails = OutgoingMail.objects.filter(recipient__in=spellings(typed)).order_by("pk")
        columns = mails.values("purpose", "subject", "recipient", "state", "created_at", "finished_at")
        sections["mails"] = [dict(mail) for mail in columns]
        since = suppressed_since(typed)
        sections["gets no mail from here"] = [{"since": since}] if since else []
    return {section: rows for section, rows in sections.items() if rows}
