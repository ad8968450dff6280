"""Unfinished applications: the applicant is warned, and then the draft is deleted. After days without a run, no step is skipped."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from core.due import due
from members.models import Application
from members.states import State

from . import emails
from .workflow import discard

WARN_AFTER = timedelta(days=75)
DRAFT_KEPT = timedelta(days=90)
# A draft stays for so long after the warning, however late that was.
NOTICE = DRAFT_KEPT - WARN_AFTER
PORTION = 200


@due("unfinished applications")
def warn_of_and_delete_drafts(now: datetime) -> str:
    """Warn after 75 days without a change; delete the draft and its files after 90, and at least 15 after the warning.

    A draft in which nothing was ever saved is deleted without a warning, because its address may not be the applicant's.
    """
    drafts = Application.objects.filter(state=State.DRAFT)
    warned = 0
    for draft in drafts.filter(saved_at__lte=now - WARN_AFTER, warned_at__isnull=True).order_by("pk")[:PORTION]:
        with transaction.atomic():
            untouched = drafts.filter(pk=draft.pk, warned_at__isnull=True, saved_at=draft.saved_at)
            if untouched.update(warned_at=now):
                emails.draft_expiring(draft, ends_at=max((draft.saved_at or now) + DRAFT_KEPT, now + NOTICE), now=now)
                warned += 1
    is_over = Q(saved_at__lte=now - DRAFT_KEPT, warned_at__lte=now - NOTICE) | Q(saved_at__isnull=True, started_at__lte=now - DRAFT_KEPT)
    deleted = sum(_delete(draft, is_over) for draft in drafts.filter(is_over).order_by("pk")[:PORTION])
    return ", ".join(f"{number} {what}" for number, what in ((warned, "warned of"), (deleted, "deleted")) if number)


def _delete(draft: Application, is_over: Q) -> bool:
    """False if it was saved at the same moment."""
    with transaction.atomic():
        locked = Application.objects.filter(is_over, pk=draft.pk, state=State.DRAFT).update(warned_at=F("warned_at"))
        return bool(locked) and discard(draft)
