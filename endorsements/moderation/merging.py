"""Endorsements and invitations when an organisation becomes known to the coalition, or two are merged."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from endorsements.models import Endorsement, Invitation
from endorsements.signing import precedence
from endorsements.states import NOT_ENDED, State
from members.identity.keys import organisation_key, sort_key
from members.models import Organisation
from members.organisations.matching import match_organisation

from . import workflow


def link_endorsements(organisation: Organisation) -> None:
    """Link earlier endorsements to the organisation by its names and website. Call it when it is saved.

    If there are two under one declaration, one is linked, and the other is left to the secretariat to merge.
    """
    names = list(filter(None, (organisation.name, organisation.acronym, *organisation.other_names)))
    seat, sites = str(organisation.country or ""), ("", organisation.website, *organisation.domains)
    similar = Q(key__in={organisation_key(name, seat, site) for name in names for site in sites}) | Q(sort_key__in=map(sort_key, names))
    rows = list(Endorsement.objects.organisations().filter(similar, organisation=None, state__in=NOT_ENDED).order_by("pk"))
    if not rows:
        return
    for row in rows:
        if match_organisation(row.name, str(row.country or ""), row.website) == organisation:
            try:
                with transaction.atomic():
                    Endorsement.objects.filter(pk=row.pk, organisation=None).update(organisation=organisation)
            except IntegrityError:  # another one under this declaration is linked
                continue


def merge_organisations(former: Organisation, kept: Organisation, *, by: Any, now: datetime) -> None:
    """Keep one endorsement and one invitation of the two organisations for each declaration. Call it in the transaction of the merge."""
    _merge_endorsements(former, kept, by=by, now=now)
    _merge_invitations(former, kept)


def _merge_endorsements(former: Organisation, kept: Organisation, *, by: Any, now: datetime) -> None:
    """Keep one in the list: the one that is verified, else the older. What waits is merged into it if that is at least as well verified.

    The others stay for the secretariat, beside each other.
    """
    live = Endorsement.objects.live().select_related("organisation")
    for row in live.filter(organisation=former):
        for same in live.filter(organisation=kept, declaration=row.declaration_id):
            original, duplicate = sorted((row, same), key=precedence.merge_order)
            if original.state == State.LISTED and (duplicate.state == State.LISTED or _is_as_well_verified(original, duplicate)):
                workflow.merge(duplicate, into=original, by=by, now=now)


def _is_as_well_verified(original: Endorsement, duplicate: Endorsement) -> bool:
    return precedence.is_verified(original) or not precedence.is_verified(duplicate)


def _merge_invitations(former: Organisation, kept: Organisation) -> None:
    """Keep one invitation, with the latest answer."""
    for row in Invitation.objects.filter(organisation=former):
        same = Invitation.objects.filter(organisation=kept, declaration=row.declaration_id).first()
        if same is None:
            continue
        if row.answered_at and (same.answered_at is None or same.answered_at < row.answered_at):
            for name in ("answer", "deciding_until", "answered_at", "answered_by"):
                setattr(same, name, getattr(row, name))
        same.asked_at = min(filter(None, (same.asked_at, row.asked_at)), default=None)
        same.reminded_at = same.reminded_at or row.reminded_at
        same.save()
        row.delete()
