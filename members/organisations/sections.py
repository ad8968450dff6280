"""What the rooms above have to show on an organisation's page: its posts, endorsements, working groups; and on the page that only its
contacts see (members/membership/views.py): what they may do there.

Each room registers, from above, a function that finds them: `register` or `register_own` in its `AppConfig.ready`. A public section costs
one query.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from members.models import Contact, Organisation


@dataclass(frozen=True)
class ProfileLink:
    """A line of a section: where it leads, if anywhere, what it is, and a day, of which an approximate one is shown as its month."""

    label: str
    href: str
    kind: str = ""
    day: date | None = None
    is_approximate: bool = False


@dataclass(frozen=True)
class ProfileSection:
    """A heading with its links, and a sentence before them; one without links is not shown."""

    title: str
    links: list[ProfileLink] = field(default_factory=list)
    text: str = ""


Find = Callable[[Organisation], ProfileSection]

# Of a contact, and the address of their page, below which links may lead on.
FindOwn = Callable[[Contact, str], ProfileSection]

_sections: dict[str, tuple[int, Find]] = {}
_own: dict[str, tuple[int, FindOwn]] = {}


def register(name: str, find: Find, *, order: int) -> None:
    """Sections stand by their `order`. Raises ValueError for a second one of a name."""
    _once(_sections, name, (order, find))


def register_own(name: str, find: FindOwn, *, order: int) -> None:
    """The same for the page of a contact."""
    _once(_own, name, (order, find))


def _once(sections: dict[str, Any], name: str, entry: Any) -> None:
    if sections.setdefault(name, entry) != entry:
        raise ValueError(f"{name} is registered already")


def sections_of(organisation: Organisation) -> list[ProfileSection]:
    """What every room shows of it, without those that have nothing."""
    return _found(_sections, organisation)


def sections_for(contact: Contact, base: str) -> list[ProfileSection]:
    """What every room offers this contact."""
    return _found(_own, contact, base)


def _found(sections: dict[str, Any], *of_whom: Any) -> list[ProfileSection]:
    found = [find(*of_whom) for _order, find in sorted(sections.values(), key=lambda entry: entry[0])]
    return [section for section in found if section.links]
