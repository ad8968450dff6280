"""Initial signatories: chosen on the page, listed as endorsements, so that counts, files and deliveries have one source."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from wagtail.log_actions import log

from core.transitions import transition
from endorsements.models import DeclarationPage, Endorsement, InitialSignatory, SignOn
from endorsements.states import TRANSITIONS, Kind, Source, State
from members.identity.folding import folded_words
from members.identity.keys import letter, organisation_key, sort_key
from members.organisations.matching import known_organisation


def list_initial_signatories(page: DeclarationPage, sign_on: SignOn, *, by: Any, now: datetime) -> None:
    """List those on the page that are not listed, and withdraw those that were taken off it. Call it in a transaction.

    One that has endorsed by itself stays as it is: an organisation stands under a declaration once.
    """
    wanted = {_key(entry): entry for entry in page.initial_signatories.all()}
    listed = {row.key: row for row in Endorsement.objects.under(page).filter(source=Source.INITIAL, state=State.LISTED)}
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
                organisation=known or known_organisation(name, str(entry.country or ""), entry.website),
                submitted_at=now,
                confirmed_at=now,
                listed_at=now,
                sort_key=sort_key(name),
                letter=letter(name),
                folded=folded_words(name, acronym),
            )
    except IntegrityError:
        return
    log(row, "endorsements.list_initial", user=by)
