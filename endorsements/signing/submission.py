"""What somebody fills in to endorse a declaration."""

from dataclasses import asdict, dataclass
from typing import Any

from endorsements.states import Kind
from members.identity.folding import folded_words
from members.identity.keys import letter, organisation_key, person_key, sort_key


@dataclass(frozen=True)
class Submission:
    """What somebody filled in, cleaned by a form. `news` is whether they want news of the coalition."""

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
        if self.kind == Kind.ORGANISATION:
            return organisation_key(self.name, self.country, self.website)
        return person_key(self.email)

    def row(self) -> dict[str, Any]:
        """The fields of an endorsement that follow from it."""
        fields = asdict(self)
        for consent in ("news", "authorised"):
            del fields[consent]
        return fields | {
            "show_name": self.show_name or self.kind == Kind.ORGANISATION,  # an organisation is public by the act
            "sort_key": sort_key(self.name),
            "letter": letter(self.name),
            "folded": folded_words(self.name, self.acronym, self.affiliation),
        }
