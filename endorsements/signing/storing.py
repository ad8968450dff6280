"""Each submission as a row of its own, so that nothing changes what somebody else, or the same person before, has submitted."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from wagtail.log_actions import log

from core.mail.addresses import canonical_address
from endorsements.models import DeclarationPage, Endorsement
from endorsements.models.sign_on import sign_on_of
from endorsements.states import HoldReason, State
from members.identity.keys import person_key
from members.models import Organisation
from members.organisations.matching import match_organisation

from . import precedence
from .consents import answers_hash, has_same_answers, record_form_consents
from .locks import lock_organisation
from .submission import Submission

# More at one address under one declaration wait for the secretariat; still more are not stored.
MAX_PENDING_AT_ADDRESS, MAX_UNCONFIRMED_AT_ADDRESS = 10, 50


def unsaved(page: DeclarationPage, submission: Submission, known: Organisation | None, *, network: str, now: datetime) -> Endorsement:
    """The row, before it is stored: what it is compared with depends on it."""
    version = sign_on_of(page).version
    return Endorsement(
        declaration=page,
        version=version,
        key=submission.key,
        address_key=canonical_address(submission.email),
        organisation=known,
        network=network,
        answers_hash=answers_hash(submission, page, version),
        submitted_at=now,
        **submission.row(),
    )


def same_live(endorsement: Endorsement, submission: Submission) -> Endorsement | None:
    """What the holder has confirmed already with the same answers."""
    return next((own for own in precedence.others_of_holder(endorsement) if has_same_answers(own, submission)), None)


def store(endorsement: Endorsement, submission: Submission, *, over_limit: bool, now: datetime) -> Endorsement | None:
    """The row, or the one with the same answers that waits already; None if very many wait at the address."""
    page = endorsement.declaration
    at_address = Endorsement.objects.for_declaration(page).by_address(endorsement.address_key).unconfirmed()
    same = at_address.filter(answers_hash=endorsement.answers_hash)
    waiting = at_address.count()
    is_held = over_limit or waiting >= MAX_PENDING_AT_ADDRESS
    if not over_limit and (found := same.filter(state=State.PENDING).first()):
        return found
    if waiting >= MAX_UNCONFIRMED_AT_ADDRESS:
        return same.first()
    endorsement.state = State.HELD if is_held else State.PENDING
    endorsement.hold_reason = HoldReason.LIMIT if is_held else ""
    try:
        with transaction.atomic():
            endorsement.save(force_insert=True)
    except IntegrityError:  # the same answers at the same moment, or once more over the limit
        return same.filter(state=endorsement.state).first()
    log(endorsement, "endorsements.submit", data={"to": endorsement.state})
    record_form_consents(endorsement, submission, page, now=now)
    return endorsement


def known_since(endorsement: Endorsement) -> dict[str, Any]:
    """Who it is by today's keys, and the organisation if the coalition got to know it at the instant in which the form was stored.

    It never removes the organisation that `endorsements.moderation.merging.link_endorsements` has set.
    """
    if not endorsement.is_organisation:
        return {"key": person_key(endorsement.email, endorsement.name)}
    if endorsement.organisation_id:
        lock_organisation(endorsement.organisation)
        return {}
    known = lock_organisation(match_organisation(endorsement.name, str(endorsement.country or ""), endorsement.website))
    return {"organisation": known} if known else {}
