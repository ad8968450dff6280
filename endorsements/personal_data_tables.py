"""What is held here of one person, for `members.personal_data`: the endorsements they gave or were asked to second, and what they
answered in the name of a member."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.mail.addresses import canonical_address
from core.search_words import fold
from members.personal_data import Held, is_address, is_of

from .models import Delivery, Endorsement, Invitation
from .retention import erase
from .states import State

_TOLD = (
    *("kind", "state", "source", "name", "acronym", "website", "organisation_kind", "signatory", "role", "affiliation", "email"),
    *("language", "show_name", "wants_updates", "withdrawal_shown", "second_email", "note", "provenance", "network"),
    *("submitted_at", "confirmed_at", "seconded_at", "listed_at", "ended_at"),
)


def endorsements(words: str) -> Iterator[Held]:
    """Those of an address; or of a name, because names outlive addresses here."""
    rows = Endorsement.objects.exclude(state=State.ERASED).select_related("declaration", "version").order_by("pk")
    if is_address(words):
        key = canonical_address(words)
        for row in rows.filter(Q(address_key=key) | Q(second_email__istartswith=key[:1])):
            if row.address_key == key:
                yield _given(row)
            elif canonical_address(row.second_email) == key:
                yield _seconded(row)
    elif folded := " ".join(fold(words).split()):
        yield from map(_given, rows.filter(Q(folded__contains=folded) | Q(signatory__icontains=words)).iterator())


def _given(row: Endorsement) -> Held:
    who = f"{row.name} ({row.signatory})" if row.signatory else row.name
    told = {"who": who or "–", "declaration": row.declaration.title, "state": row.get_state_display()}
    fate = _("Name, address, consents, links and mails go. That there was one stays, without a name.")
    if row.listed_at:
        fate += " " + _("A list that was handed over stays as it was handed over.")
    return Held(
        row=row,
        what=_("%(who)s endorses “%(declaration)s”: %(state)s") % told,
        fate=fate,
        tell=lambda: _tell(row),
        erase=lambda *, by, now: erase(row, by=by, now=now),
        url=reverse("endorsements:inspect", args=(row.pk,)),
    )


def _tell(row: Endorsement) -> dict[str, Any]:
    """With the consents word for word, and to whom the name was handed over."""
    answers = row.consents.values("purpose", "given", "wording", "wording_version", "language", "at")
    return {name: getattr(row, name) for name in _TOLD} | {
        "declaration": row.declaration.title,
        "version": row.version.label,
        "country": str(row.country or ""),
        "consents": list(answers),
        "handed_over_to": _handed_over(row),
    }


def _handed_over(row: Endorsement) -> list[dict[str, Any]]:
    """The deliveries in which this was in the list (GDPR, Article 15(1)(c))."""
    if row.listed_at is None and row.state != State.LISTED:
        return []
    made = Delivery.objects.filter(declaration_id=row.declaration_id, made_at__gte=row.listed_at or row.submitted_at)
    if row.ended_at:
        made = made.filter(made_at__lt=row.ended_at)
    return [dict(one) for one in made.values("recipient", "delivered_on")]


def _seconded(row: Endorsement) -> Held:
    """To the second person, nothing of the first."""
    told = {"declaration": row.declaration.title, "asked_as_second_person_for": row.name}
    return Held(
        row=row,
        what=_("Asked to confirm that %(name)s endorses “%(declaration)s”") % {"name": row.name, "declaration": row.declaration.title},
        fate=_("The address goes. The endorsement stays: somebody else gave it."),
        tell=lambda: told | {"second_email": row.second_email, "seconded_at": row.seconded_at},
        erase=lambda *, by, now: _forget_second(row, by=by),
        url=reverse("endorsements:inspect", args=(row.pk,)),
    )


def _forget_second(row: Endorsement, *, by: Any) -> None:
    Endorsement.objects.filter(pk=row.pk).update(second_email="")
    log(row, "endorsements.erase", user=by)


def answers(words: str) -> Iterator[Held]:
    """What a contact answered for a member, to declarations that it does not endorse."""
    theirs = is_of(words)
    rows = Invitation.objects.exclude(answered_by=None).select_related("answered_by", "declaration", "organisation").order_by("pk")
    for row in rows.exclude(answer=""):
        if row.answered_by and theirs(row.answered_by.name, row.answered_by.email):
            yield _answered(row)


def _answered(row: Invitation) -> Held:
    told = {"name": row.organisation.name, "declaration": row.declaration.title}
    return Held(
        row=row,
        what=_("Answered for %(name)s whether it endorses “%(declaration)s”") % told,
        fate=_("Who answered goes. The answer stays: it is the organisation’s."),
        tell=lambda: {
            **{name: getattr(row, name) for name in ("answer", "deciding_until", "answered_at")},
            "declaration": row.declaration.title,
            "organisation": row.organisation.name,
        },
        erase=lambda *, by, now: Invitation.objects.filter(pk=row.pk).update(answered_by=None),
    )
