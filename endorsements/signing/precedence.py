"""Several endorsements of one declaration by one signatory: which of them speaks for it. Reads only.

A name that somebody typed is a claim. What is unverified never stands in the way of what is verified, and takes the place of nothing
but its own holder's unverified one.
"""

from collections.abc import Iterable
from difflib import SequenceMatcher

from endorsements.models import Endorsement
from endorsements.models.endorsement import EndorsementQuerySet
from endorsements.states import BY_ITS_HOLDER, HoldReason, State
from members.identity.keys import same_domain, sort_key

from .known import verified

SIMILAR = 0.8


def others_of_signatory(endorsement: Endorsement) -> EndorsementQuerySet:
    """The other live endorsements of the declaration by the same signatory."""
    live = Endorsement.objects.filter(declaration_id=endorsement.declaration_id).live()
    return live.by_signatory(endorsement.key, endorsement.organisation).exclude(pk=endorsement.pk).order_by("pk")


def others_of_holder(endorsement: Endorsement) -> EndorsementQuerySet:
    """The other live endorsements of the declaration that the same address has given, of the same kind, under any name."""
    return _at_same_address(endorsement).live()


def earlier_of_holder(endorsement: Endorsement, replaces: int | None) -> list[Endorsement]:
    """Those whose place it takes when its holder confirms it: by the same signatory, or with the primary key `replaces`."""
    same = set(others_of_signatory(endorsement).values_list("pk", flat=True)) | {replaces}
    return [own for own in others_of_holder(endorsement) if own.pk in same]


def unconfirmed_of_holder(endorsement: Endorsement) -> EndorsementQuerySet:
    """Other submissions of the same signatory from the same address that nobody has confirmed or decided to hold."""
    waiting = _at_same_address(endorsement).unconfirmed().exclude(hold_reason=HoldReason.MODERATOR)
    return waiting.by_signatory(endorsement.key, endorsement.organisation)


def _at_same_address(endorsement: Endorsement) -> EndorsementQuerySet:
    """The other endorsements of the declaration from the same address, of the same kind."""
    if not endorsement.address_key:
        return Endorsement.objects.none()
    rows = Endorsement.objects.filter(declaration_id=endorsement.declaration_id, kind=endorsement.kind, source__in=BY_ITS_HOLDER)
    return rows.by_address(endorsement.address_key).exclude(pk=endorsement.pk).order_by("pk")


def superseding(endorsement: Endorsement) -> Endorsement | None:
    """What its holder confirmed in its place; None if nothing."""
    later = endorsement.merged_into if endorsement.state == State.WITHDRAWN else None
    return later if later is not None and later.state != State.ERASED and have_same_holder(endorsement, later) else None


def speaking(endorsements: Iterable[Endorsement]) -> list[Endorsement]:
    """Those of these live ones that are their organisation's word: verified, or listed by the secretariat itself."""
    rows = list(endorsements)
    by_secretariat = {row.pk for row in rows if row.state == State.LISTED and row.source not in BY_ITS_HOLDER}
    return [row for row, is_verified in zip(rows, verified(rows), strict=True) if is_verified or row.pk in by_secretariat]


def is_verified(endorsement: Endorsement) -> bool:
    """Whether somebody at a domain known as the organisation's own has confirmed it, or a contact of a member by their own link."""
    return verified([endorsement]) == [True]


def have_same_holder(one: Endorsement, other: Endorsement) -> bool:
    """Whether both were given from the same address."""
    return bool(one.address_key) and one.address_key == other.address_key


def is_similar_name(one: str, other: str) -> bool:
    """Whether one name may be the other with a slip corrected."""
    return SequenceMatcher(None, sort_key(one), sort_key(other)).ratio() > SIMILAR


def is_settled(endorsement: Endorsement) -> bool:
    """Whether nothing takes its place in the list without the secretariat: it is verified, or a colleague put it there."""
    return is_verified(endorsement) or endorsement.is_approved


def stands_for(existing: Endorsement, endorsement: Endorsement) -> bool:
    """Whether the existing endorsement leaves nothing to do: somebody else gave it, and it is at least as well verified."""
    if have_same_holder(existing, endorsement) or existing.state not in (State.LISTED, State.CONFIRMED):
        return False
    if is_verified(existing):
        return True
    return existing.state == State.LISTED and not is_verified(endorsement) and not _is_nearer(endorsement, existing)


def _is_nearer(endorsement: Endorsement, existing: Endorsement) -> bool:
    """Whether only this one is from the domain that both give as the organisation's: no proof, but reason for a look."""
    website = existing.website or endorsement.website
    return endorsement.is_organisation and same_domain(endorsement.email, website) and not same_domain(existing.email, website)


def standing_for(endorsement: Endorsement) -> Endorsement | None:
    """The endorsement by another address that leaves nothing to do for this one; None if there is none."""
    return next((other for other in others_of_signatory(endorsement) if stands_for(other, endorsement)), None)


def lets_list(endorsement: Endorsement) -> bool:
    """Whether what is there lets it be listed without a decision. What a moderator holds back is not listed by sending it again."""
    held = _at_same_address(endorsement).filter(state=State.HELD, hold_reason=HoldReason.MODERATOR)
    if (held.by_signatory(endorsement.key, endorsement.organisation) if endorsement.is_organisation else held).exists():
        return False
    return all(may_take_place(endorsement, of=listed) for listed in others_of_signatory(endorsement).listed())


def merge_order(endorsement: Endorsement) -> tuple[bool, bool, int]:
    """Sort key for those of one signatory, the one to keep first: a listed one, then a verified one, then the oldest."""
    return endorsement.state != State.LISTED, not is_verified(endorsement), endorsement.pk


def may_take_place(endorsement: Endorsement, *, of: Endorsement) -> bool:
    """Whether it may take the place of this listed one by itself."""
    if have_same_holder(endorsement, of) and is_verified(endorsement):
        return True
    return not is_settled(of) and (is_settled(endorsement) or have_same_holder(endorsement, of))
