"""Corrected names: the secretariat accepts or declines what a holder proposed, or corrects a name itself. Deliveries stay as they were."""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.transitions import NotPossible, transition
from endorsements.models import Endorsement, NameChange
from endorsements.models.name_change import name_of_endorsement
from endorsements.signing.known import remember
from endorsements.signing.submission import values_with_name
from endorsements.signing.workflow import lock_organisation
from endorsements.states import BY_ITS_HOLDER, ENDED, NAME_CHANGE_TRANSITIONS, NameChangeState, Source
from members.identity.keys import web_domain
from members.models import Organisation
from members.organisations.matching import match_organisation

from . import emails
from .checks import CheckResults, checks_of


def accept_name(change: NameChange, *, by: Any, now: datetime) -> bool:
    """Give the endorsement the proposed name and email its holder. False if it is accepted already.

    Raises NotPossible if another listed endorsement is by the same signatory, or if this one has ended.
    """
    with transaction.atomic():
        values, endorsement = change.values, change.endorsement
        known = _organisation_named(endorsement, values)
        if not _decide(change, NameChangeState.ACCEPTED, "endorsements.accept_name", by=by, now=now):
            return False
        NameChange.objects.filter(pk=change.pk).update(**_former(endorsement))
        change.refresh_from_db()
        _rename(endorsement, values, known)
        log(endorsement, "endorsements.accept_name", user=by, data={"name_change": change.pk})
        emails.renamed(change, by_holder=True, now=now)
        return True


def decline_name(change: NameChange, *, message: str = "", by: Any, now: datetime) -> bool:
    """Leave the name as it is and email the holder, with `message` added. False if it is declined already."""
    with transaction.atomic():
        if not _decide(change, NameChangeState.DECLINED, "endorsements.decline_name", by=by, now=now):
            return False
        log(change.endorsement, "endorsements.decline_name", user=by, data={"name_change": change.pk})
        emails.name_declined(change, message=message, now=now)
        return True


def correct_name(endorsement: Endorsement, values: Mapping[str, str], *, by: Any, now: datetime) -> NameChange | None:
    """Correct the name without a proposal, and email the holder. None if it is the present one.

    A proposal that waits stays. Raises NotPossible like `accept_name`, and for an initial signatory.
    """
    former = name_of_endorsement(endorsement)
    new = former | dict(values)
    if new == former:
        return None
    if endorsement.source == Source.INITIAL:
        raise NotPossible(_("An initial signatory is corrected on the page of the declaration. Publish it, and the list follows."))
    with transaction.atomic():
        known = _organisation_named(endorsement, new)
        change = NameChange.objects.create(
            endorsement=endorsement,
            state=NameChangeState.ACCEPTED,
            proposed_at=now,
            decided_at=now,
            decided_by=by,
            **new,
            **_former(endorsement),
        )
        _rename(endorsement, new, known)
        log(endorsement, "endorsements.correct_name", user=by, data={"name_change": change.pk})
        if endorsement.source in BY_ITS_HOLDER:
            emails.renamed(change, by_holder=False, now=now)
        return change


def checks_of_names(changes: Sequence[NameChange]) -> dict[int, CheckResults]:
    """The checks of each endorsement as if it had the new name, by the key of the change: the same as of a new endorsement."""
    rows = []
    for change in changes:
        row = copy(change.endorsement)
        known = _match(row, change.values)
        for name, value in _stored_values(row, change.values, known).items():
            setattr(row, name, value)
        rows.append(row)
    found = checks_of(rows)
    return {change.pk: found[change.endorsement_id] for change in changes}


def _decide(change: NameChange, to: NameChangeState, action: str, *, by: Any, now: datetime) -> bool:
    return transition(
        change, to=to, transitions=NAME_CHANGE_TRANSITIONS, action=action, by=by, changes={"decided_at": now, "decided_by": by}
    )


def _former(endorsement: Endorsement) -> dict[str, Any]:
    return {f"former_{name}": value for name, value in name_of_endorsement(endorsement).items()}


def _organisation_named(endorsement: Endorsement, values: Mapping[str, str]) -> Organisation | None:
    """The organisation of the coalition that the new name is of, locked before the endorsement is."""
    return lock_organisation(_match(endorsement, values))


def _match(endorsement: Endorsement, values: Mapping[str, str]) -> Organisation | None:
    """A member that endorsed by its own link stays the same whatever its name; others are matched as if they endorsed now."""
    if not endorsement.is_organisation:
        return None
    if endorsement.source == Source.MEMBER:
        return endorsement.organisation
    return match_organisation(values["name"], str(values["country"] or ""), values["website"])


def _stored_values(endorsement: Endorsement, values: Mapping[str, str], known: Organisation | None) -> dict[str, Any]:
    stored = values_with_name(endorsement, {name: str(value or "") for name, value in values.items()}) | {"organisation": known}
    if web_domain(endorsement.website) != web_domain(stored["website"]):
        stored["seconded_at"] = None  # somebody at the former domain confirmed it
    return stored


def _rename(endorsement: Endorsement, values: Mapping[str, str], known: Organisation | None) -> None:
    try:
        with transaction.atomic():
            standing = Endorsement.objects.filter(pk=endorsement.pk).exclude(state__in=ENDED)
            renamed = standing.update(**_stored_values(endorsement, values, known))
    except IntegrityError as error:
        raise NotPossible(
            _("“%(name)s” is in the list of this declaration already. Merge the two instead.") % {"name": values["name"]}
        ) from error
    if not renamed:
        raise NotPossible(_("This endorsement has ended: its name stays as it was."))
    endorsement.refresh_from_db()
    if endorsement.is_organisation and endorsement.approved_at:
        remember(endorsement)
