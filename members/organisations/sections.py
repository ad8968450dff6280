"""Sections that other apps add to the public page of an organisation, and to the page for its contacts (members/membership/views.py).

An app registers its sections in its `organisation_sections.py`. A public section should cost one query.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from members.models import Contact, Organisation


@dataclass(frozen=True)
class ProfileLink:
    """A line of a section: a link (or text if `href` is empty), what it is, and a day; an approximate day is shown as its month."""

    label: str
    href: str
    kind: str = ""
    day: date | None = None
    is_approximate: bool = False


@dataclass(frozen=True)
class ProfileSection:
    """A heading with links, and a sentence before them. A section without links is not shown."""

    title: str
    links: list[ProfileLink] = field(default_factory=list)
    text: str = ""


Section = Callable[..., ProfileSection]
_public: dict[str, tuple[int, Section]] = {}
_for_contacts: dict[str, tuple[int, Section]] = {}


def public_section(name: str, *, order: int) -> Callable[[Section], Section]:
    """Register a function of an organisation as a section of its public page. Raises ValueError if the name is registered."""
    return _register(_public, name, order)


def contact_section(name: str, *, order: int) -> Callable[[Section], Section]:
    """Register a function of a contact and the address of their page as a section of that page. Raises ValueError as above."""
    return _register(_for_contacts, name, order)


def _register(sections: dict[str, tuple[int, Section]], name: str, order: int) -> Callable[[Section], Section]:
    def register(section: Section) -> Section:
        if sections.setdefault(name, (order, section)) != (order, section):
            raise ValueError(f"{name} is registered already")
        return section

    return register


def public_sections(organisation: Organisation) -> list[ProfileSection]:
    """Return the sections of the public page of an organisation, without empty ones."""
    return _not_empty(_public, organisation)


def contact_sections(contact: Contact, base: str) -> list[ProfileSection]:
    """Return the sections of the page of a contact, without empty ones."""
    return _not_empty(_for_contacts, contact, base)


def _not_empty(sections: dict[str, Any], *arguments: Any) -> list[ProfileSection]:
    found = [section(*arguments) for _order, section in sorted(sections.values(), key=lambda entry: entry[0])]
    return [section for section in found if section.links]
