"""The end of personal data (GDPR, Articles 5(1)(e), 15 and 17): what `run_due` erases at its time, and one person's export and erasure.

What stays of an erased endorsement is that there was one: kind, country, version, dates. docs/data-protection.md tells the terms.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from core import links
from core.due import due
from core.outbox import forget
from core.transitions import move

from .emails import PAGES, subject
from .identity import canonical_address
from .models import Endorsement, ImportedList
from .states import LIVE, MOVES, State

UNCONFIRMED_KEPT = timedelta(days=30)
ENDED_KEPT = timedelta(days=30)
NETWORK_KEPT = timedelta(days=30)
CONTACT_KEPT = timedelta(days=730)
UPLOAD_KEPT = timedelta(days=7)
PORTION = 500
# How to reach somebody, and what was noted about them: no part of the public record.
OF_CONTACT = dict.fromkeys(("signatory", "email", "address_key", "second_email", "note", "network", "language"), "")
OF_PERSON = OF_CONTACT | dict.fromkeys(
    ("name", "acronym", "website", "role", "affiliation", "provenance", "sort_key", "letter", "folded", "key"), ""
)


def erase(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    """End an endorsement and erase whose it was, with its consents, links and mails. False when that was done before."""
    with transaction.atomic():
        changes = {
            **OF_PERSON,
            "show_name": False,
            "withdrawal_shown": False,
            "wants_updates": False,
            "ended_at": endorsement.ended_at or now,
        }
        if not move(endorsement, to=State.ERASED, moves=MOVES, action="endorsements.erase", by=by, changes=changes):
            return False
        _forget(endorsement)
        return True


def _forget(endorsement: Endorsement) -> None:
    endorsement.consents.all().delete()
    for purpose in PAGES:
        links.revoke(purpose=purpose, subject=subject(endorsement))
    forget(about=subject(endorsement))


@due("endorsements' personal data")
def erase_what_is_over(now: datetime) -> str:
    """Unconfirmed for 30 days, or ended for 30 days: the personal data go. One withdrawn in public keeps its name, as its holder chose.

    Of what stands, the ways to reach its holder go two years after the sign-on closed; the name is the public record.
    """
    unconfirmed = Q(state__in=(State.PENDING, State.HELD), confirmed_at__isnull=True, submitted_at__lt=now - UNCONFIRMED_KEPT)
    ended = Q(state__in=(State.DECLINED, State.WITHDRAWN), withdrawal_shown=False, ended_at__lt=now - ENDED_KEPT)
    rows = Endorsement.objects.filter(unconfirmed | ended).order_by("pk")[:PORTION]
    count = sum(erase(row, by=None, now=now) for row in rows)
    shown = Q(state=State.WITHDRAWN, withdrawal_shown=True, ended_at__lt=now - ENDED_KEPT)
    standing = Q(state__in=LIVE, declaration__sign_on__closed_at__lt=now - CONTACT_KEPT)
    unreachable = (
        Endorsement.objects.filter(shown | standing).exclude(email="", signatory="", note="").values_list("pk", flat=True)[:PORTION]
    )
    Endorsement.objects.filter(pk__in=list(unreachable)).update(**OF_CONTACT)
    Endorsement.objects.exclude(network="").filter(submitted_at__lt=now - NETWORK_KEPT).update(network="")
    ImportedList.objects.filter(uploaded_at__lt=now - UPLOAD_KEPT).exclude(content=b"").update(content=b"")
    return f"{count} erased" if count else ""


def of_address(address: str) -> Any:
    """Every endorsement that an address gave or seconded."""
    return Endorsement.objects.filter(Q(address_key=canonical_address(address)) | Q(second_email__iexact=address)).order_by("pk")


def erase_address(address: str, *, by: Any, now: datetime) -> int:
    """Erase one person from every endorsement; returns how many there were. Those where they were only the second person stay."""
    key = canonical_address(address)
    with transaction.atomic():
        count = sum(erase(row, by=by, now=now) for row in Endorsement.objects.of_address(key).exclude(state=State.ERASED))
        for row in Endorsement.objects.filter(second_email__iexact=address):
            forget(about=subject(row))
            Endorsement.objects.filter(pk=row.pk).update(second_email="")
        return count


def export_address(address: str) -> list[dict[str, Any]]:
    """All that is held of one person's endorsements, ready for JSON, with the consents word for word."""
    return [_as_told(row) for row in of_address(address).select_related("declaration", "version").prefetch_related("consents")]


def _as_told(row: Endorsement) -> dict[str, Any]:
    fields = (
        *OF_PERSON,
        "kind",
        "state",
        "source",
        "country",
        "organisation_kind",
        "submitted_at",
        "confirmed_at",
        "listed_at",
        "ended_at",
    )
    told = {name: getattr(row, name) for name in fields}
    told["country"] = str(row.country or "")
    answers = row.consents.values("purpose", "given", "wording", "wording_version", "language", "at")
    return told | {"declaration": row.declaration.title, "version": row.version.label, "consents": list(answers)}
