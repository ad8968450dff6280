"""The end of personal data (GDPR, Article 5(1)(e)): what `run_due` erases. For one person: `endorsements.personal_data_tables`.

What stays of an erased endorsement is that there was one: kind, country, version, dates. docs/data-protection.md tells the terms. What
was handed over is a document of its own (`Delivery`) and stays as it is, for the reasons that stand there.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from core.due import due
from core.links import tokens
from core.mail.queue import forget
from core.transitions import move
from endorsements.signing.emails import PAGES, subject

from .models import Endorsement, ImportedList, Invitation
from .states import LIVE, MOVES, UNCONFIRMED, Kind, SignOnState, Source, State

UNCONFIRMED_KEPT = timedelta(days=30)
ENDED_KEPT = timedelta(days=30)
NETWORK_KEPT = timedelta(days=30)
CONTACT_KEPT = timedelta(days=730)
UPLOAD_KEPT = timedelta(days=7)
PORTION = 500
# How to reach somebody, and what was noted about them: no part of the public record.
OF_CONTACT = dict.fromkeys(("signatory", "email", "address_key", "second_email", "note", "network", "language"), "")
OF_NAME = dict.fromkeys(("name", "acronym", "website", "role", "affiliation", "provenance", "sort_key", "letter", "folded"), "")
OF_PERSON = {**OF_CONTACT, **OF_NAME, "key": ""}
# A person's key is their address; without it the row still needs one of its own.
WITHOUT_ADDRESS = "over:"


def erase(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    """End an endorsement and erase whose it was, with its consents, links and mails. False when that was done before."""
    with transaction.atomic():
        changes = {
            **OF_PERSON,
            "organisation": None,
            "merged_into": None,
            "show_name": False,
            "withdrawal_shown": False,
            "wants_updates": False,
            "ended_at": endorsement.ended_at or now,
        }
        if not move(endorsement, to=State.ERASED, moves=MOVES, action="endorsements.erase", by=by, changes=changes):
            return False
        endorsement.consents.all().delete()
        for purpose in PAGES:
            tokens.revoke(purpose=purpose, subject=subject(endorsement))
        forget(about=subject(endorsement))
        return True


# At its time


@due("endorsements' personal data")
def erase_what_is_over(now: datetime) -> str:
    """Nothing that is asked of a person is kept for ever unless it was given to be public. Each run does a portion."""
    over = _over(now)
    pks = list(Endorsement.objects.filter(over).order_by("pk").values_list("pk", flat=True)[:PORTION])
    count = sum(_erase_if(over, pk, now) for pk in pks)
    _forget_how_to_reach(now)
    Invitation.objects.filter(declaration__sign_on__closed_at__lt=now - CONTACT_KEPT).exclude(answered_by=None).update(answered_by=None)
    Endorsement.objects.exclude(network="").filter(submitted_at__lt=now - NETWORK_KEPT).update(network="")
    ImportedList.objects.filter(uploaded_at__lt=now - UPLOAD_KEPT).exclude(content=b"").update(content=b"")
    return f"{count} erased" if count else ""


def _over(now: datetime) -> Q:
    """To be erased whole: unconfirmed for 30 days since last asked; ended for 30 days, unless to be seen as withdrawn; never decided
    on, two years after the sign-on closed; given to a text that circulated two years ago and was never opened."""
    limit = now - UNCONFIRMED_KEPT
    last_asked = Q(submitted_at__lt=limit) & (Q(mailed_at__isnull=True) | Q(mailed_at__lt=limit))
    unconfirmed = Q(state__in=UNCONFIRMED, confirmed_at__isnull=True) & last_asked
    ended = Q(state__in=(State.DECLINED, State.WITHDRAWN), withdrawal_shown=False, ended_at__lt=now - ENDED_KEPT)
    undecided = Q(state__in=(State.CONFIRMED, State.HELD), declaration__sign_on__closed_at__lt=now - CONTACT_KEPT)
    never_opened = Q(declaration__sign_on__state__in=(SignOnState.DRAFT, SignOnState.CIRCULATING))
    abandoned = Q(declaration__sign_on__circulated_at__lt=now - CONTACT_KEPT) & ~Q(source=Source.INITIAL) & ~Q(state=State.ERASED)
    return unconfirmed | ended | undecided | (never_opened & abandoned)


def _erase_if(over: Q, pk: int, now: datetime) -> bool:
    """Erase one if it is over still: its holder may be confirming it at this very moment."""
    with transaction.atomic():
        row = Endorsement.objects.select_for_update(of=("self",)).filter(over, pk=pk).first()
        return row is not None and erase(row, by=None, now=now)


def _forget_how_to_reach(now: datetime) -> None:
    """Of what is in the public list, two years after the sign-on closed, and of what is shown as withdrawn, after 30 days, only what is
    public stays: of people who are counted and not named, nothing but that."""
    shown = Q(state=State.WITHDRAWN, withdrawal_shown=True, ended_at__lt=now - ENDED_KEPT)
    standing = Q(state__in=LIVE, declaration__sign_on__closed_at__lt=now - CONTACT_KEPT)
    an_organisation, a_person = Q(kind=Kind.ORGANISATION), Q(kind=Kind.PERSON)
    more_than_public = (an_organisation & ~Q(role="")) | (a_person & ~Q(key__startswith=WITHOUT_ADDRESS))
    for name in ("email", "signatory", "note", "second_email"):
        more_than_public |= ~Q(**{name: ""})
    found = Endorsement.objects.filter(shown | standing, more_than_public).values_list("pk", flat=True)[:PORTION]
    rows = Endorsement.objects.filter(pk__in=list(found))
    with transaction.atomic():
        rows.filter(an_organisation).update(**OF_CONTACT, role="")
        rows.filter(a_person, show_name=False).update(**OF_NAME)
        rows.filter(a_person).update(**OF_CONTACT, key=Concat(Value(WITHOUT_ADDRESS), Cast("pk", CharField())))
