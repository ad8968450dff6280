"""Addresses that get no mail from here, because their owner said "this was not me". Only an HMAC of them is kept."""

from collections.abc import Iterable

from django.utils.crypto import salted_hmac

from members.identity import canonical_address

from .models import Suppression


def suppress(address: str) -> None:
    Suppression.objects.get_or_create(digest=_digest(address))


def is_suppressed(address: str) -> bool:
    return bool(address) and Suppression.objects.filter(digest=_digest(address)).exists()


def suppressed_among(addresses: Iterable[str]) -> set[str]:
    """Those of a few hundred addresses that are suppressed, in one query."""
    digests = {_digest(address): address for address in addresses}
    return {digests[found] for found in Suppression.objects.filter(digest__in=digests).values_list("digest", flat=True)}


def lift(address: str) -> bool:
    """The owner wants mail after all (and wrote so to the secretariat). False when the address was not suppressed."""
    return bool(Suppression.objects.filter(digest=_digest(address)).delete()[0])


def _digest(address: str) -> str:
    return salted_hmac("endorsements.suppression", canonical_address(address), algorithm="sha256").hexdigest()
