"""Initial signatories: chosen on the page and listed as endorsements, so that counts, files and deliveries have one source."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from wagtail.log_actions import log

from core.transitions import transition
from endorsements.models import DeclarationPage, Endorsement, InitialSignatory, SignOn
from endorsements.signing.known import remember
from endorsements.states import TRANSITIONS, Kind, Source, State
from members.identity.keys import index_letter, organisation_key, sort_key
from members.organisations.matching import match_organisation


def list_initial_signatories(page: DeclarationPage, sign_on: SignOn, *, by: Any, now: datetime) -> None:
    """List those on the page that are not listed, and withdraw those that were removed from it. Call it in a transaction.

    An organisation that has endorsed on the site is left as it is: it is listed once.
    """
    wanted = {_key(entry): entry for entry in page.initial_signatories.all()}
    listed = {row.key: row for row in Endorsement.objects.for_declaration(page).filter(source=Source.INITIAL, state=State.LISTED)}
    for key, row in listed.items():
        if key not in wanted:
            transition(row, to=State.WITHDRAWN, transitions=TRANSITIONS, action="endorsements.withdraw", by=by, changes={"ended_at": now})
    for key, entry in wanted.items():
        if key not in listed:
            _list(entry, key, page, sign_on, by=by, now=now)


def _key(entry: InitialSignatory) -> str:
    known = entry.organisation
    if known:
        return organisation_key(known.name, str(known.country or ""), known.website)
    return organisation_key(entry.name, str(entry.country or ""), entry.website)


def _list(entry: InitialSignatory, key: str, page: DeclarationPage, sign_on: SignOn, *, by: Any, now: datetime) -> None:
    known = entry.organisation
    name, acronym = (known.name, known.acronym) if known else (entry.name, "")
    try:
        with transaction.atomic():
            row = Endorsement.objects.create(
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
    except IntegrityError:
        return
    remember(row)
    log(row, "endorsements.list_initial", user=by)
