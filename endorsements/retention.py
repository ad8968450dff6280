"""The end of personal data (GDPR, Articles 5(1)(e), 15 and 17): what `run_due` erases at its time, and one person's export and erasure.

What stays of an erased endorsement is that there was one: kind, country, version, dates. docs/data-protection.md tells the terms. What
was handed over is a document of its own (`Delivery`) and stays as it is, for the reasons that stand there.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from cms.search_text import fold
from core import links
from core.due import due
from core.models import OutgoingMail
from core.outbox import forget
from core.transitions import move
from members.identity import canonical_address
from members.suppression import is_suppressed

from .emails import PAGES, subject
from .models import Delivery, Endorsement, ImportedList, Invitation
from .models.endorsement import EndorsementQuerySet
from .states import LIVE, MOVES, UNCONFIRMED, Kind, SignOnState, Source, State

UNCONFIRMED_KEPT = timedelta(days=30)
ENDED_KEPT = timedelta(days=30)
NETWORK_KEPT = timedelta(days=30)
CONTACT_KEPT = timedelta(days=730)
UPLOAD_KEPT = timedelta(days=7)
PORTION = 500
MOST_FOUND = 100
# How to reach somebody, and what was noted about them: no part of the public record.
OF_CONTACT = dict.fromkeys(("signatory", "email", "address_key", "second_email", "note", "network", "language"), "")
OF_NAME = dict.fromkeys(("name", "acronym", "website", "role", "affiliation", "provenance", "sort_key", "letter", "folded"), "")
OF_PERSON = {**OF_CONTACT, **OF_NAME, "key": ""}
# A person's key is their address; without it the row still needs one of its own.
WITHOUT_ADDRESS = "over:"
TOLD = (
    *("kind", "state", "source", "name", "acronym", "website", "organisation_kind", "signatory", "role", "affiliation", "email"),
    *("language", "show_name", "wants_updates", "withdrawal_shown", "second_email", "note", "provenance", "network"),
    *("submitted_at", "confirmed_at", "seconded_at", "listed_at", "ended_at"),
)


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
            links.revoke(purpose=purpose, subject=subject(endorsement))
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


# One person's


def answers_of_address(address: str) -> list[dict[str, Any]]:
    """What a contact of a member answered in its name, to declarations that it does not endorse."""
    rows = Invitation.objects.filter(answered_by__address_key=canonical_address(address)).exclude(answer="").order_by("pk")
    return [
        {name: getattr(row, name) for name in ("answer", "deciding_until", "answered_at")}
        | {"declaration": row.declaration.title, "organisation": row.organisation.name}
        for row in rows.select_related("declaration", "organisation")
    ]


def erase_answers(address: str, *, by: Any, now: datetime) -> int:
    """The answer is the organisation's and stays; who gave it goes."""
    return Invitation.objects.filter(answered_by__address_key=canonical_address(address)).update(answered_by=None)


def of_address(address: str) -> EndorsementQuerySet:
    """Every endorsement that an address gave or was asked to second."""
    theirs = Q(address_key=canonical_address(address)) | Q(second_email__iexact=address)
    return Endorsement.objects.filter(theirs).select_related("declaration", "version").order_by("pk")


def find(words: str) -> EndorsementQuerySet:
    """Those of an address; or of a name, because names outlive addresses here. At most MOST_FOUND."""
    if "@" in words:
        return of_address(words)[:MOST_FOUND]
    folded = " ".join(fold(words).split())
    if not folded:
        return Endorsement.objects.none()
    found = Endorsement.objects.filter(Q(folded__contains=folded) | Q(signatory__icontains=words)).exclude(state=State.ERASED)
    return found.select_related("declaration", "version").order_by("pk")[:MOST_FOUND]


def erase_address(address: str, *, by: Any, now: datetime) -> int:
    """Erase one person from every endorsement, and all mail to them; returns how many there were."""
    return erase_found(of_address(address).exclude(state=State.ERASED), address, by=by, now=now)


def erase_found(rows: Iterable[Endorsement], words: str, *, by: Any, now: datetime) -> int:
    """Erase these, which `find(words)` found. Where the address is only the second person's, the endorsement stays and the address goes."""
    count = 0
    with transaction.atomic():
        for row in rows:
            if _is_second_only(row, words):
                Endorsement.objects.filter(pk=row.pk).update(second_email="")
                count += 1
            else:
                count += erase(row, by=by, now=now)
        if "@" in words:
            forget(words)
    return count


def _is_second_only(row: Endorsement, words: str) -> bool:
    return "@" in words and row.address_key != canonical_address(words)


def export_address(address: str) -> dict[str, Any]:
    """All that is held of one person, ready for JSON."""
    return export(of_address(address), address)


def rows_of_address(address: str) -> list[dict[str, Any]]:
    """The endorsements among it, for `members.people`, which asks every room and has the mails itself."""
    told: list[dict[str, Any]] = export_address(address)["endorsements"]
    return told


def export(rows: EndorsementQuerySet | Iterable[Endorsement], words: str) -> dict[str, Any]:
    """These endorsements, which `find(words)` found, with the consents word for word, to whom the name was handed over, and the mails
    that this address got."""
    mails = OutgoingMail.objects.filter(recipient__iexact=words).order_by("pk") if "@" in words else OutgoingMail.objects.none()
    return {
        "asked": words,
        "endorsements": [_second_told(row) if _is_second_only(row, words) else _told(row) for row in rows],
        "mails": list(mails.values("purpose", "subject", "state", "created_at", "finished_at")),
        "gets_no_mail_from_here": is_suppressed(words),
    }


def _told(row: Endorsement) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(row, name) for name in TOLD}
    answers = row.consents.values("purpose", "given", "wording", "wording_version", "language", "at")
    return told | {
        "declaration": row.declaration.title,
        "version": row.version.label,
        "country": str(row.country or ""),
        "consents": list(answers),
        "handed_over_to": _handed_over(row),
    }


def _second_told(row: Endorsement) -> dict[str, Any]:
    """To the second person, nothing of the first."""
    told = {"declaration": row.declaration.title, "asked_as_second_person_for": row.name}
    return told | {"second_email": row.second_email, "seconded_at": row.seconded_at}


def _handed_over(row: Endorsement) -> list[dict[str, Any]]:
    """The deliveries in which this was in the list (GDPR, Article 15(1)(c))."""
    if row.listed_at is None and row.state != State.LISTED:
        return []
    made = Delivery.objects.filter(declaration_id=row.declaration_id, made_at__gte=row.listed_at or row.submitted_at)
    if row.ended_at:
        made = made.filter(made_at__lt=row.ended_at)
    return [dict(one) for one in made.values("recipient", "delivered_on")]
