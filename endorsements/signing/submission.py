"""An endorsement as it was filled in: by a form, a spreadsheet, or a member's link."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.search_text import search_text, search_text_fields
from endorsements.models import Endorsement
from endorsements.states import Kind, Source
from members.identity.keys import index_letter, name_key, organisation_key, person_key, sort_key


@dataclass(frozen=True)
class Submission:
    """Cleaned values. `news` is whether they want news of the coalition."""

    kind: Kind
    name: str
    email: str
    country: str = ""
    acronym: str = ""
    website: str = ""
    organisation_kind: str = ""
    signatory: str = ""
    role: str = ""
    affiliation: str = ""
    show_name: bool = False
    news: bool = False
    authorised: bool = False
    language: str = ""

    @property
    def key(self) -> str:
        """The same for the same signatory (`Endorsement.key`)."""
        if self.kind == Kind.ORGANISATION:
            return organisation_key(self.name, self.country, self.website)
        return person_key(self.email, self.name)

    def row(self) -> dict[str, Any]:
        """The field values of the endorsement."""
        fields = asdict(self)
        for consent in ("news", "authorised"):
            del fields[consent]
        return fields | {
            "show_name": self.show_name or self.kind == Kind.ORGANISATION,  # an organisation is public by the act
            "sort_key": sort_key(self.name),
            "letter": index_letter(self.name),
        }


def values_with_name(endorsement: Endorsement, values: Mapping[str, str]) -> dict[str, Any]:
    """What an endorsement stores with another name, acronym, country or website: these, and all that follows from them."""
    named = {"name": endorsement.name, "acronym": endorsement.acronym, "country": str(endorsement.country or "")}
    named |= {"website": endorsement.website} | dict(values)
    texts = {
        field.attname: search_text(*(named.get(name, getattr(endorsement, name)) for name in field.sources))
        for field in search_text_fields(Endorsement)
    }
    return (
        named
        | texts
        | {
            "key": _key_with_name(endorsement, named),
            "sort_key": sort_key(named["name"]),
            "letter": index_letter(named["name"]),
        }
    )


def _key_with_name(endorsement: Endorsement, named: Mapping[str, str]) -> str:
    if endorsement.is_organisation:
        return organisation_key(named["name"], named["country"], named["website"])
    if endorsement.email:
        return Submission(kind=Kind.PERSON, name=named["name"], email=endorsement.email, country=named["country"]).key
    if endorsement.source == Source.IMPORT:
        return name_key(named["name"], named["country"], endorsement.affiliation)
    return endorsement.key
