"""Addresses that get no mail from here, because their owner said "this was not me". Only an HMAC of them is kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from wagtail.log_actions import log

from members.identity.keys import canonical_address

from .models import Suppression


def suppress(address: str) -> None:
    Suppression.objects.get_or_create(digest=_digest(address))


def is_suppressed(address: str) -> bool:
    return suppressed_since(address) is not None


def suppressed_since(address: str) -> datetime | None:
    return Suppression.objects.filter(digest=_digest(address)).values_list("created_at", flat=True).first() if address else None


def suppressed_among(addresses: Iterable[str]) -> set[str]:
    """Those of a few hundred addresses that are suppressed, in one query."""
    digests = {address: _digest(address) for address in addresses}
    found = set(Suppression.objects.filter(digest__in=digests.values()).values_list("digest", flat=True))
    return {address for address, digest in digests.items() if digest in found}


def lift(address: str, *, by: Any) -> bool:
    """The owner wants mail after all (and wrote so to the secretariat). False when the address was not suppressed."""
    with transaction.atomic():
        row = Suppression.objects.select_for_update().filter(digest=_digest(address)).first()
        if row is None:
            return False
        log(row, "members.lift_suppression", user=by, deleted=True)
        row.delete()
        return True


def _digest(address: str) -> str:
    # The salt names the room where this began: with another, whoever refused mail would be forgotten.
    return salted_hmac("endorsements.suppression", canonical_address(address), algorithm="sha256").hexdigest()
