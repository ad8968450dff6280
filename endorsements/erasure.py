"""What an erasure takes away of an endorsement, whether a person asks for it or its time is over.

What stays is that there was one: kind, country, version, dates. What was handed over is a document of its own (`Delivery`) and stays as it
is, for the reasons given in docs/data-protection.md.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from core.links import tokens
from core.mail.queue import forget
from core.transitions import transition
from endorsements.signing.emails import PAGES, subject

from .models import Endorsement, Invitation
from .states import TRANSITIONS, Kind, State

# How to reach somebody, and what was noted about them: no part of the public record.
CONTACT_DETAILS = dict.fromkeys(("signatory", "email", "address_key", "second_email", "note", "network", "language"), "")
NAME = dict.fromkeys(("name", "acronym", "website", "role", "affiliation", "provenance", "sort_key", "letter", "folded"), "")
EVERYTHING = {**CONTACT_DETAILS, **NAME, "key": ""}
# A person's key is their address; without it the row still needs one of its own.
WITHOUT_ADDRESS = "over:"


def erase_endorsement(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    """End an endorsement and erase whose it was, with its consents, links and emails. False when that was done before."""
    with transaction.atomic():
        changes = {
            **EVERYTHING,
            "organisation": None,
            "merged_into": None,
            "show_name": False,
            "withdrawal_shown": False,
            "wants_updates": False,
            "ended_at": endorsement.ended_at or now,
        }
        if not transition(endorsement, to=State.ERASED, transitions=TRANSITIONS, action="endorsements.erase", by=by, changes=changes):
            return False
        endorsement.consents.all().delete()
        for purpose in PAGES:
            tokens.revoke(purpose=purpose, subject=subject(endorsement))
        forget(about=subject(endorsement))
        return True


def erase_contact_details(endorsement: Endorsement, *, by: Any, now: datetime) -> None:
    """Leave of an endorsement only what is public: of a person who is counted and not named, nothing but that."""
    left: dict[str, Any] = dict(CONTACT_DETAILS)
    if endorsement.kind == Kind.ORGANISATION:
        left["role"] = ""
    else:
        left["key"] = f"{WITHOUT_ADDRESS}{endorsement.pk}"
        if not endorsement.show_name:
            left |= NAME
    Endorsement.objects.filter(pk=endorsement.pk).update(**left)


def erase_who_answered(invitation: Invitation, *, by: Any, now: datetime) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(answered_by=None)
