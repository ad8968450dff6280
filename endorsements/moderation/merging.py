"""What becomes of endorsements and answers when the coalition gets to know an organisation better, or two turn out to be one."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from endorsements.models import Endorsement, Invitation
from endorsements.states import STANDING
from members.identity.keys import organisation_key, sort_key
from members.models import Organisation
from members.organisations.matching import organisation_matcher

from . import workflow
from .checks import listed_first


def recognise(organisation: Organisation) -> None:
    """It is known by this name or website since a moment ago: what it endorsed before is its own from now on.

    Where two endorsements of one declaration are, as could be while nobody knew, the other stays as it came: the secretariat merges them.
    """
    names = list(filter(None, (organisation.name, organisation.acronym, *organisation.other_names)))
    seat, sites = str(organisation.country or ""), ("", organisation.website, *organisation.domains)
    alike = Q(key__in={organisation_key(name, seat, site) for name in names for site in sites}) | Q(sort_key__in=map(sort_key, names))
    rows = list(Endorsement.objects.organisations().filter(alike, organisation=None, state__in=STANDING).order_by("pk"))
    if not rows:
        return
    known = organisation_matcher()
    for row in rows:
        if known(row.name, str(row.country or ""), row.website) == organisation.pk:
            try:
                with transaction.atomic():
                    Endorsement.objects.filter(pk=row.pk, organisation=None).update(organisation=organisation)
            except IntegrityError:  # it stands there once
                continue


def unite(former: Organisation, kept: Organisation, *, by: Any, now: datetime) -> None:
    """Two organisations are one: of what it may have once under a declaration, one stays. Call it in the transaction of the merge."""
    _unite_endorsements(former, kept, by=by, now=now)
    _unite_invitations(former, kept)


def _unite_endorsements(former: Organisation, kept: Organisation, *, by: Any, now: datetime) -> None:
    """Of two that stand one stays: that which is listed, else the older."""
    live = Endorsement.objects.live()
    for row in live.filter(organisation=former):
        for same in live.filter(organisation=kept, declaration=row.declaration_id):
            stays, goes = sorted((row, same), key=listed_first)
            workflow.merge(goes, into=stays, by=by, now=now)


def _unite_invitations(former: Organisation, kept: Organisation) -> None:
    """Where both were asked about a declaration, the one invitation that stays has the latest answer."""
    for row in Invitation.objects.filter(organisation=former):
        same = Invitation.objects.filter(organisation=kept, declaration=row.declaration_id).first()
        if same is None:
            continue
        if row.answered_at and (same.answered_at is None or same.answered_at < row.answered_at):
            for name in ("answer", "deciding_until", "answered_at", "answered_by"):
                setattr(same, name, getattr(row, name))
        same.asked_at = min(filter(None, (same.asked_at, row.asked_at)), default=None)
        same.chased_at = same.chased_at or row.chased_at
        same.save()
        row.delete()
