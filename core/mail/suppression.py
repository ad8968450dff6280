"""Addresses whose owner said "this wasn't me": they get no more email from us. Only an HMAC of each is stored."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from wagtail.log_actions import log

from core.models import Suppression

from .addresses import canonical_address

# Named after the app where suppression began. Changing it would forget everybody who refused our email.
SALT = "endorsements.suppression"


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
    """Write to this address again, because its owner asked the secretariat to. False if it was not suppressed."""
    with transaction.atomic():
        row = Suppression.objects.select_for_update().filter(digest=_digest(address)).first()
        if row is None:
            return False
        log(row, "members.lift_suppression", user=by, deleted=True)
        row.delete()
        return True


def _digest(address: str) -> str:
    return salted_hmac(SALT, canonical_address(address), algorithm="sha256").hexdigest()
