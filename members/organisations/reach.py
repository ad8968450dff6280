"""Whether somebody can be asked by email, and why not."""

from collections.abc import Iterable

from core.mail.addresses import canonical_address
from core.mail.reach import failed_among
from core.mail.suppression import suppressed_among
from members.models import Contact
from members.states import NotAsked


def why_not_asked(addresses: Iterable[str]) -> dict[str, str]:
    """Why each of these addresses cannot be asked; '' for those that can. In at most four queries."""
    wanted = set(addresses)
    written = {address for address in wanted if address}
    suppressed, failed, unconfirmed = suppressed_among(written), failed_among(written), _unconfirmed_among(written)
    return {address: _reason(address, suppressed, failed, unconfirmed) for address in wanted}


def _unconfirmed_among(addresses: Iterable[str]) -> set[str]:
    """Those that an applicant typed for a contact, and that no contact has confirmed."""
    key_of = {address: canonical_address(address) for address in addresses}
    contacts = Contact.objects.filter(address_key__in=set(key_of.values())).values_list("address_key", "confirmed_at") if key_of else ()
    rows = list(contacts)
    typed, confirmed = {key for key, _at in rows}, {key for key, at in rows if at}
    return {address for address, key in key_of.items() if key in typed - confirmed}


def _reason(address: str, suppressed: set[str], failed: set[str], unconfirmed: set[str]) -> str:
    if not address:
        return NotAsked.NO_ADDRESS
    if address in unconfirmed:
        return NotAsked.UNCONFIRMED
    if address in suppressed:
        return NotAsked.SUPPRESSED
    return NotAsked.FAILED if address in failed else ""
