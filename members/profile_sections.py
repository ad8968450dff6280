"""What the rooms above have to show on an organisation's page: its posts, endorsements, working groups.

Each room registers, from above, a function that finds them: `register` in its `AppConfig.ready`. A section costs one query.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from .models import Organisation


@dataclass(frozen=True)
class ProfileLink:
    """A line of a section: where it leads, what it is, and a day, of which an approximate one is shown as its month."""

    label: str
    href: str
    kind: str = ""
    day: date | None = None
    is_approximate: bool = False


@dataclass(frozen=True)
class ProfileSection:
    """A heading with its links; one without links is not shown."""

    title: str
    links: list[ProfileLink] = field(default_factory=list)


Find = Callable[[Organisation], ProfileSection]

_sections: dict[str, tuple[int, Find]] = {}


def register(name: str, find: Find, *, order: int) -> None:
    """Sections stand by their `order`. Raises ValueError for a second one of a name."""
    if name in _sections and _sections[name] != (order, find):
        raise ValueError(f"{name} is registered already")
    _sections[name] = (order, find)


def sections_of(organisation: Organisation) -> list[ProfileSection]:
    """What every room shows of it, without those that have nothing."""
    found = [find(organisation) for _order, find in sorted(_sections.values(), key=lambda entry: entry[0])]
    return [section for section in found if section.links]
