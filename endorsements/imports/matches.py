"""The same signatory elsewhere: endorsed already, or in an earlier row of the file.

An organisation without a website is the same as any of its name and country. Two people may have the same name, country and affiliation:
as many rows as there are endorsements of that name are taken for those, and each further one is asked about.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from endorsements.models import DeclarationPage, Endorsement
from endorsements.signing.submission import Submission
from endorsements.states import Kind
from members.identity.keys import name_key, organisation_key, sort_key

if TYPE_CHECKING:
    from .reader import Entry

PORTION = 500


class Match(NamedTuple):
    """Where the same signatory was found: in words, the endorsement's primary key if it is one, and whether it may be somebody else."""

    text: str
    endorsement: int | None = None
    may_be_another: bool = False


class _Identity(NamedTuple):
    """What identifies a signatory. A person `is_on_paper` who has no email address to be told apart by."""

    key: str
    same_name: str
    organisation: int | None
    is_person: bool
    is_on_paper: bool


class _Stored:
    """Endorsements of this portion's signatories, found by key, name or organisation."""

    def __init__(self) -> None:
        self.by_key: dict[str, Match] = {}
        self.by_name: dict[str, Match] = {}
        self.by_organisation: dict[int, Match] = {}
        self.people: dict[str, list[tuple[_Identity, Match]]] = defaultdict(list)

    def add(self, identity: _Identity, match: Match) -> None:
        self.by_key.setdefault(identity.key, match)
        if identity.is_person:
            self.people[identity.same_name].append((identity, match))
            return
        self.by_name.setdefault(identity.same_name, match)
        if identity.organisation:
            self.by_organisation.setdefault(identity.organisation, match)

    def find(self, identity: _Identity) -> Match | None:
        if identity.is_person:
            return self.by_key.get(identity.key) if not identity.is_on_paper else None
        same_name = (self.by_name if identity.key == identity.same_name else self.by_key).get(identity.same_name)
        return (
            self.by_key.get(identity.key)
            or same_name
            or (self.by_organisation.get(identity.organisation) if identity.organisation else None)
        )

    def namesakes(self, identity: _Identity) -> list[Match]:
        """People of the same name, country and affiliation, where no address tells them apart."""
        return [match for other, match in self.people.get(identity.same_name, ()) if identity.is_on_paper or other.is_on_paper]


def match_entries(entries: "list[Entry]", page: DeclarationPage) -> None:
    """Set `match` of each valid entry to the same signatory's endorsement or earlier row."""
    good = iter([(entry, entry.submission) for entry in entries if entry.submission])
    in_file, rows_of, taken = _Stored(), dict[str, int](), Counter[str]()
    while portion := list(islice(good, PORTION)):
        stored = stored_matches(page, portion)
        for entry, submission in portion:
            identity = _identity(entry, submission)
            entry.match = stored.find(identity) or in_file.find(identity)
            if identity.is_person and not entry.match:
                entry.match = _namesake(identity, stored, rows_of, taken)
            if identity.is_person:
                rows_of.setdefault(identity.same_name, entry.line)
            if not entry.match:
                in_file.add(identity, Match(_same_as_row(entry.line)))


def _namesake(identity: _Identity, stored: _Stored, rows_of: dict[str, int], taken: Counter[str]) -> Match | None:
    found = stored.namesakes(identity)
    number = taken[identity.same_name]
    taken[identity.same_name] += 1
    if number < len(found):
        return found[number]._replace(may_be_another=True)
    if identity.is_on_paper and identity.same_name in rows_of:
        return Match(_same_as_row(rows_of[identity.same_name]), may_be_another=True)
    return None


def _same_as_row(line: int) -> str:
    return _("the same as row %(row)d") % {"row": line}


def stored_matches(page: DeclarationPage, portion: "Iterable[tuple[Entry, Submission]]") -> _Stored:
    """Listed endorsements with a key, a name, or a known organisation of this portion. What only waits is no obstacle."""
    matches = _Stored()
    same_key = Q(key__in={entry.key for entry, _submission in portion})
    same_name = Q(sort_key__in={sort_key(submission.name) for _entry, submission in portion})
    same_organisation = Q(organisation__in={entry.organisation for entry, _submission in portion if entry.organisation})
    rows = Endorsement.objects.for_declaration(page).listed().filter(same_key | same_name | same_organisation).order_by("pk")
    for row in rows.only("key", "kind", "name", "country", "affiliation", "email", "organisation_id"):
        is_person, country = row.kind == Kind.PERSON, str(row.country or "")
        name = name_key(row.name, country, row.affiliation) if is_person else organisation_key(row.name, country, "")
        identity = _Identity(row.key, name, row.organisation_id, is_person, is_person and not row.email)
        matches.add(identity, Match(_("here already: %(name)s") % {"name": row.name}, row.pk))
    return matches


def _identity(entry: "Entry", submission: Submission) -> _Identity:
    is_person = submission.kind == Kind.PERSON
    if is_person:
        name = name_key(submission.name, submission.country, submission.affiliation)
        return _Identity(entry.key, name, None, is_person, is_on_paper=not submission.email)
    name = organisation_key(submission.name, submission.country, "")
    return _Identity(entry.key, name, entry.organisation, is_person, is_on_paper=False)
