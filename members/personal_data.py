"""One person's data, wherever they are held (GDPR, Articles 15, 17 and 20): found, exported and erased by one call.

Each room registers who finds what it holds, from below: `register` in its `AppConfig.ready`. What is shown before an erasure is what is
erased, because both are the same `Held`.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import models, transaction
from wagtail.log_actions import log

from core.mail.addresses import canonical_address
from core.mail.queue import forget
from core.mail.suppression import suppressed_since
from core.models import OutgoingMail
from core.search_words import fold

MOST_FOUND = 100


@dataclass(frozen=True)
class Held:
    """One thing that is held of a person: the `row`, and `what` it is in a few words.

    `fate` says what goes and what stays when it is erased, and why; `first` what a colleague should do before. `erase` takes `by` and
    `now` by name; None for what stays whole. `url` is where it stands in the admin. `tell` returns all of it, ready for JSON.
    """

    row: models.Model
    what: str
    fate: str
    tell: Callable[[], dict[str, Any]]
    erase: Callable[..., object] | None
    first: str = ""
    url: str = ""

    @property
    def key(self) -> str:
        return f"{self.row._meta.label_lower}:{self.row.pk}"


# What was typed, an address or a name, to all that is held of them.
Finder = Callable[[str], Iterable[Held]]
_finders: dict[str, Finder] = {}
_permissions: set[str] = set()


def register(name: str, find: Finder, *, permission: str) -> None:
    """`permission` is needed to see what is found. Raises ValueError for a second finder of one name."""
    if _finders.get(name, find) != find:
        raise ValueError(f"{name} is registered already")
    _finders[name] = find
    _permissions.add(permission)


def permissions() -> frozenset[str]:
    """All of them: whoever answers for one person has to see every room."""
    return frozenset(_permissions)


def is_address(words: str) -> bool:
    return "@" in words


def is_of(words: str) -> Callable[[str, str], bool]:
    """Whether a name and an address are those that were typed: the same mailbox; or a part of the name, because names outlive addresses."""
    if is_address(words):
        key = canonical_address(words)
        return lambda _name, address: canonical_address(address) == key
    folded = " ".join(fold(words).split())
    return lambda name, _address: bool(folded) and folded in fold(name)


def find(words: str) -> dict[str, list[Held]]:
    """All that is held of an address, or by a name, by what it is; at most MOST_FOUND of each, and what holds nothing is left out."""
    found = {name: list(islice(finder(words), MOST_FOUND)) for name, finder in _finders.items()}
    return {name: held for name, held in found.items() if held}


def export(words: str, *, chosen: Collection[str] | None = None, by: Any = None) -> dict[str, list[dict[str, Any]]]:
    """What `find` finds, or of it the `chosen` keys; to an address belong its mails, and since when it wants none. The audit log notes
    who exported it, if it was `by` somebody."""
    told: dict[str, list[dict[str, Any]]] = {}
    with transaction.atomic():
        for name, one in _of(words, chosen):
            told.setdefault(name, []).append(one.tell())
            if by:
                log(one.row, "members.export", user=by)
    if is_address(words):
        mails = OutgoingMail.objects.filter(recipient__in=_writings(words)).order_by("pk")
        told["mails"] = [dict(mail) for mail in mails.values("purpose", "subject", "recipient", "state", "created_at", "finished_at")]
        since = suppressed_since(words)
        told["gets no mail from here"] = [{"since": since}] if since else []
    return {name: rows for name, rows in told.items() if rows}


def erase(words: str, *, chosen: Collection[str] | None = None, by: Any, now: datetime) -> dict[str, int]:
    """Erase what `find` finds, or of it the `chosen` keys, and of an address all mails; all or nothing. How many of each there were:
    a second time none."""
    counts: dict[str, int] = {}
    with transaction.atomic():
        mails = _writings(words) if is_address(words) else []
        for name, one in _of(words, chosen):
            if one.erase:
                one.erase(by=by, now=now)
                counts[name] = counts.get(name, 0) + 1
        if forgotten := sum(map(forget, mails)):
            counts["mails"] = forgotten
    return counts


def _of(words: str, chosen: Collection[str] | None) -> list[tuple[str, Held]]:
    found = [(name, one) for name, held in find(words).items() for one in held]
    return [(name, one) for name, one in found if chosen is None or one.key in chosen]


def _writings(address: str) -> list[str]:
    """The ways in which this address is written on mails: with other capitals, or with a plus."""
    key = canonical_address(address)
    alike = OutgoingMail.objects.filter(recipient__istartswith=key[:1]).values_list("recipient", flat=True).distinct()
    return [written for written in alike if written and canonical_address(written) == key]
