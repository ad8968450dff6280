"""Initial signatories: chosen on the page and listed as endorsements, so that counts, files and deliveries have one source."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.log_actions import log

from core.transitions import transition
from endorsements.models import DeclarationPage, Endorsement, InitialSignatory, NameChange, SignOn
from endorsements.models.name_change import NAME_FIELDS, name_of_endorsement
from endorsements.signing import precedence
from endorsements.signing.known import remember
from endorsements.signing.submission import values_with_name
from endorsements.signing.workflow import make_room
from endorsements.states import TRANSITIONS, Kind, NameChangeState, Source, State
from members.identity.keys import index_letter, organisation_key, sort_key
from members.organisations.matching import match_organisation


def list_initial_signatories(page: DeclarationPage, sign_on: SignOn, *, by: Any, now: datetime) -> None:
    """List those on the page that are not listed, and withdraw those that were removed from it. Call it in a transaction.

    An organisation that has endorsed on the site is left as it is: it is listed once. What somebody unverified endorsed for it waits for
    the secretariat from then on.
    """
    wanted = {_key(entry): entry for entry in page.initial_signatories.all()}
    listed = {row.key: row for row in Endorsement.objects.for_declaration(page).filter(source=Source.INITIAL, state=State.LISTED)}
    for key, row in listed.items():
        if key not in wanted:
            transition(row, to=State.WITHDRAWN, transitions=TRANSITIONS, action="endorsements.withdraw", by=by, changes={"ended_at": now})
    for key, entry in wanted.items():
        if key in listed:
            _follow_name(listed[key], entry, by=by)
        else:
            _list(entry, key, page, sign_on, by=by, now=now)


def _key(entry: InitialSignatory) -> str:
    known = entry.organisation
    if known:
        return organisation_key(known.name, str(known.country or ""), known.website)
    return organisation_key(entry.name, str(entry.country or ""), entry.website)


def _follow_name(row: Endorsement, entry: InitialSignatory, *, by: Any) -> None:
    """Correct the name in the list as it was corrected on the page, or in the profile of the organisation."""
    values = _name(entry)
    if values == name_of_endorsement(row):
        return
    Endorsement.objects.filter(pk=row.pk).update(**values_with_name(row, values))
    NameChange.objects.create(
        endorsement=row,
        state=NameChangeState.ACCEPTED,
        decided_at=timezone.now(),
        decided_by=by,
        **values,
        **{f"former_{name}": value for name, value in name_of_endorsement(row).items()},
    )
    log(row, "endorsements.correct_name", user=by)


def _name(entry: InitialSignatory) -> dict[str, str]:
    source = entry.organisation or entry
    return {name: str(getattr(source, name, "") or "") for name in NAME_FIELDS}


def _list(entry: InitialSignatory, key: str, page: DeclarationPage, sign_on: SignOn, *, by: Any, now: datetime) -> None:
    known = entry.organisation
    name, acronym = (known.name, known.acronym) if known else (entry.name, "")
    try:
        with transaction.atomic():
            row = Endorsement(
                declaration_id=page.pk,
                version=sign_on.version,
                kind=Kind.ORGANISATION,
                state=State.LISTED,
                source=Source.INITIAL,
                key=key,
                name=name,
                acronym=acronym,
                country=known.country if known else entry.country,
                website=known.website if known else entry.website,
                organisation=known or match_organisation(name, str(entry.country or ""), entry.website),
                submitted_at=now,
                confirmed_at=now,
                listed_at=now,
                approved_at=now,
                approved_by=by,
                sort_key=sort_key(name),
                letter=index_letter(name),
            )
            if precedence.lets_list(row):
                make_room(row, now=now)
            row.save(force_insert=True)
    except IntegrityError:
        return
    remember(row)
    log(row, "endorsements.list_initial", user=by)
