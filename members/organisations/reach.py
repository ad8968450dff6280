"""Whether somebody can be asked by email, and why not."""

from collections.abc import Iterable

from core.mail.reach import failed_among
from core.mail.suppression import suppressed_among
from members.states import NotAsked


def why_not_asked(addresses: Iterable[str]) -> dict[str, str]:
    """Why each of these addresses cannot be asked; '' for those that can. In at most three queries."""
    wanted = set(addresses)
    written = {address for address in wanted if address}
    suppressed, failed = suppressed_among(written), failed_among(written)
    return {address: _reason(address, suppressed, failed) for address in wanted}


def _reason(address: str, suppressed: set[str], failed: set[str]) -> str:
    if not address:
        return NotAsked.NO_ADDRESS
    if address in suppressed:
        return NotAsked.SUPPRESSED
    return NotAsked.FAILED if address in failed else ""
