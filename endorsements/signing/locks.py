"""Locks for a transaction that changes several endorsements, always taken in this order: organisation, then the rows at an address."""

from endorsements.models import Endorsement
from members.models import Organisation


def lock_organisation(organisation: Organisation | None) -> Organisation | None:
    """Lock the organisation for the caller's transaction; None if it was merged or deleted a moment ago.

    Lock it before any endorsement, in the order in which organisations are saved and merged: the reverse order would deadlock.
    """
    return Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).first() if organisation else None


def lock_rows_at_address(endorsement: Endorsement) -> None:
    """Lock the endorsements from one address in one order, because confirming one may end the others."""
    rows = Endorsement.objects.filter(declaration_id=endorsement.declaration_id, address_key=endorsement.address_key)
    list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
