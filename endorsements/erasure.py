"""Erasing endorsements, because a person asks for it or because the retention period is over.

What an organisation did stays: its name, country, state and place in the list. Of a person's endorsement kind, country, version and dates
stay. Deliveries are not changed (docs/data-protection.md gives the reasons).
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from core.links import tokens
from core.mail.queue import forget
from core.transitions import transition
from endorsements.signing.emails import URL_NAMES, subject

from .models import Endorsement, Invitation
from .states import TRANSITIONS, Kind, Purpose, State

# Not public: how to reach somebody, and notes about them.
CONTACT_DETAILS = dict.fromkeys(("signatory", "people_text", "email", "address_key", "second_email", "note", "network", "language"), "")
NAME = dict.fromkeys(("name", "acronym", "website", "role", "affiliation", "provenance", "sort_key", "letter", "folded"), "")
EVERYTHING = {**CONTACT_DETAILS, **NAME, "key": "", "answers_hash": ""}
# A person's key is their address. Without it, the row still needs a unique key (the value is stored).
WITHOUT_ADDRESS = "over:"


def erase_holder(endorsement: Endorsement, *, by: Any, now: datetime) -> None:
    """Erase who gave an endorsement, at their request. What an organisation has confirmed stays in its state and in the list."""
    if not is_act_of_organisation(endorsement):
        erase_endorsement(endorsement, by=by, now=now)
        return
    with transaction.atomic():
        rows = Endorsement.objects.select_for_update().filter(pk=endorsement.pk)
        rows.update(**CONTACT_DETAILS, role="", answers_hash="", wants_updates=False)
        endorsement.consents.filter(purpose=Purpose.NEWS).delete()
        _end_contact(endorsement)
        log(endorsement, "endorsements.erase", user=by)


def is_act_of_organisation(endorsement: Endorsement) -> bool:
    """Whether an organisation endorsed, and not only somebody who typed its name."""
    return endorsement.kind == Kind.ORGANISATION and endorsement.confirmed_at is not None


def _end_contact(endorsement: Endorsement) -> None:
    for purpose in URL_NAMES:
        tokens.revoke(purpose=purpose, subject=subject(endorsement))
    forget(about=subject(endorsement))


def erase_endorsement(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    """End an endorsement and erase who gave it, with its consents, links and emails. False if it is erased already."""
    with transaction.atomic():
        changes = {
            **EVERYTHING,
            "organisation": None,
            "merged_into": None,
            "replaces": None,
            "show_name": False,
            "withdrawal_shown": False,
            "wants_updates": False,
            "ended_at": endorsement.ended_at or now,
        }
        if not transition(endorsement, to=State.ERASED, transitions=TRANSITIONS, action="endorsements.erase", by=by, changes=changes):
            return False
        endorsement.consents.all().delete()
        endorsement.name_changes.all().delete()
        endorsement.known_names.all().delete()
        _end_contact(endorsement)
        return True


def erase_contact_details(endorsement: Endorsement, *, by: Any, now: datetime) -> None:
    """Erase of an endorsement all that is not public; of a person who is not named, also the name."""
    changes: dict[str, Any] = dict(CONTACT_DETAILS)
    if endorsement.kind == Kind.ORGANISATION:
        changes["role"] = ""
    else:
        changes["key"] = f"{WITHOUT_ADDRESS}{endorsement.pk}"
        if not endorsement.show_name:
            changes |= NAME
        endorsement.name_changes.all().delete()
    Endorsement.objects.filter(pk=endorsement.pk).update(**changes)


def erase_answered_by(invitation: Invitation, *, by: Any, now: datetime) -> None:
    """Erase who answered. The answer stays: it is the organisation's."""
    Invitation.objects.filter(pk=invitation.pk).update(answered_by=None)
