"""Addresses whose owner said "this wasn't me": they get no more email from us, or none that strangers can cause. Only HMACs are stored."""

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
STRANGERS = "core.suppression.strangers"  # for addresses that refuse only what strangers can cause (`core.mail.not_me`)


def suppress(address: str) -> None:
    """Send no more email to this address."""
    store(digest_of(address))


def is_suppressed(address: str) -> bool:
    return bool(address) and is_stored(digest_of(address))


def refuses_strangers(address: str) -> bool:
    """Whether it gets no email that a stranger can cause, or none at all."""
    return Suppression.objects.filter(digest__in=_digests(address)).exists()


def suppressed_since(address: str) -> datetime | None:
    """Since when it has got no email, or none that a stranger can cause."""
    found = Suppression.objects.filter(digest__in=_digests(address)).order_by("created_at") if address else Suppression.objects.none()
    return found.values_list("created_at", flat=True).first()


def suppressed_among(addresses: Iterable[str]) -> set[str]:
    """Those of a few hundred addresses that are suppressed, in one query."""
    digests = {address: digest_of(address) for address in addresses}
    found = set(Suppression.objects.filter(digest__in=digests.values()).values_list("digest", flat=True))
    return {address for address, digest in digests.items() if digest in found}


def lift(address: str, *, by: Any) -> bool:
    """Write to this address again, because its owner asked the secretariat to. False if it was not suppressed."""
    with transaction.atomic():
        rows = list(Suppression.objects.select_for_update().filter(digest__in=_digests(address)))
        for row in rows:
            log(row, "members.lift_suppression", user=by, deleted=True)
            row.delete()
        return bool(rows)


def digest_of(address: str, salt: str = SALT) -> str:
    return salted_hmac(salt, canonical_address(address), algorithm="sha256").hexdigest()


def _digests(address: str) -> list[str]:
    return [digest_of(address), digest_of(address, STRANGERS)]


def is_stored(digest: str) -> bool:
    return Suppression.objects.filter(digest=digest).exists()


def store(digest: str) -> None:
    Suppression.objects.get_or_create(digest=digest)
