"""Sections that other apps add to an organisation's public page, and to the page that only its contacts see (members/membership/views.py).

An app registers its sections in its `organisation_sections.py`. A public section costs one query.
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


Section = Callable[..., ProfileSection]
_public: dict[str, tuple[int, Section]] = {}
_for_contacts: dict[str, tuple[int, Section]] = {}


def public_section(name: str, *, order: int) -> Callable[[Section], Section]:
    """Register a function of an organisation as a section of its public page. Raises ValueError for a second one of a name."""
    return _register(_public, name, order)


def contact_section(name: str, *, order: int) -> Callable[[Section], Section]:
    """Register a function of a contact and of the address of their page, below which links may lead, as a section of that page."""
    return _register(_for_contacts, name, order)


def _register(sections: dict[str, tuple[int, Section]], name: str, order: int) -> Callable[[Section], Section]:
    def register(section: Section) -> Section:
        if sections.setdefault(name, (order, section)) != (order, section):
            raise ValueError(f"{name} is registered already")
        return section

    return register


def sections_of(organisation: Organisation) -> list[ProfileSection]:
    """The sections of its public page, without empty ones."""
    return _found(_public, organisation)


def sections_for(contact: Contact, base: str) -> list[ProfileSection]:
    """The sections of the page of this contact, without empty ones."""
    return _found(_for_contacts, contact, base)


def _found(sections: dict[str, Any], *arguments: Any) -> list[ProfileSection]:
    found = [section(*arguments) for _order, section in sorted(sections.values(), key=lambda entry: entry[0])]
    return [section for section in found if section.links]
