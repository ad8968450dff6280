"""An endorsement as it was filled in: by a form, a spreadsheet, or a member's link."""

from dataclasses import asdict, dataclass
from typing import Any

from endorsements.states import Kind
from members.identity.keys import index_letter, organisation_key, person_key, sort_key


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
        return person_key(self.email)

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
