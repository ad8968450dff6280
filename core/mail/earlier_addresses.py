"""Addresses that a row had before: a person who asks by a former address is found too. Only an HMAC of each is stored."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac

from core.models import EarlierAddress, OutgoingMail

from .addresses import canonical_address

SALT = "core.earlier_addresses"


def remember(row: Model, field: str, address: str) -> None:
    """Store the address that this field of a row had until now."""
    if address:
        EarlierAddress.objects.get_or_create(row=label(row), field=field, digest=digest_of(address))


def hand_over(row: Model, other: Model) -> None:
    """Move the earlier addresses of a row to another, for the same person."""
    EarlierAddress.objects.filter(row=label(row)).update(row=label(other))


def forget_earlier(row: Model | str, field: str = "") -> None:
    """Delete the earlier addresses of a row, or of one of its fields."""
    rows = EarlierAddress.objects.filter(row=row if isinstance(row, str) else label(row))
    (rows.filter(field=field) if field else rows).delete()


def rows_that_had(address: str) -> frozenset[tuple[str, str]]:
    """Label and field of each row that had this address before."""
    return frozenset(EarlierAddress.objects.filter(digest=digest_of(address)).values_list("row", "field"))


def recipients_among_earlier(fields: Iterable[tuple[str, str]]) -> list[str]:
    """The recipients of stored emails whose address one of these fields had before, each given by the label of its row and its name."""
    wanted = set(fields)
    stored = EarlierAddress.objects.filter(row__in={row for row, _field in wanted}).values_list("row", "field", "digest")
    digests = {digest for row, field, digest in stored if (row, field) in wanted}
    if not digests:
        return []
    recipients: QuerySet[Any] = OutgoingMail.objects.exclude(recipient="").order_by().values_list("recipient", flat=True).distinct()
    return [recipient for recipient in recipients if digest_of(recipient) in digests]


def label(row: Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


def digest_of(address: str) -> str:
    return salted_hmac(SALT, canonical_address(address), algorithm="sha256").hexdigest()
