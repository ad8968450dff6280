"""Which organisation that is stored, or in an earlier row, one of the file is, or may be."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from members.identity.keys import name_words, organisation_key, web_domain
from members.identity.similar_names import Likeness, Shape, asked_keys, likeness, shape, stored_keys
from members.models import Organisation

from .groups import Group

MOST_CANDIDATES = 5
# Words that many names share.
_COMMON = frozenset(
    (
        *("the", "of", "for", "and", "in", "on", "a", "an", "de", "la", "le", "les", "des", "du", "el", "los", "las", "y", "et", "e"),
        *("und", "der", "die", "das", "health", "association", "organisation", "organization", "international", "national", "society"),
        *("federation", "foundation", "network"),
    )
)
_ENOUGH = 0.6  # of the words of two names, so many in common
# A word, or a half of a name, that more names than this share finds nothing new, and would make the cost grow with the square.
_MOST_SHARED = 60


class Candidate(NamedTuple):
    """An organisation that it may be: `choice` is "org:PK", or "row:LINE" for one in an earlier row."""

    choice: str
    name: str


@dataclass(frozen=True)
class _Known:
    choice: str
    name: str
    names: frozenset[str]
    acronym: str
    shapes: tuple[Shape, ...]
    words: tuple[frozenset[str], ...]
    domains: frozenset[str]
    country: str


class Recogniser:
    """All stored organisations, loaded in one query, and those in the rows so far. The cost of a look is that of the words of a name."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._by_key: dict[str, dict[str, _Known]] = defaultdict(dict)
        for row in organisations:
            names = [row.name, *row.other_names]
            self._add(f"org:{row.pk}", names, row.acronym, [row.website, *row.domains], str(row.country or ""))

    def add(self, group: Group) -> None:
        said = group.organisation
        names = [group.name, *said.get("aliases", ())]
        self._add(f"row:{group.line}", names, said.get("acronym", ""), [said.get("website", "")], said.get("country", ""))

    def _add(self, choice: str, names: list[str], acronym: str, websites: list[str], country: str) -> None:
        known = _Known(
            choice,
            names[0],
            frozenset(organisation_key(name, "", "") for name in names),
            _short(acronym),
            tuple(map(shape, names)),
            tuple(map(_distinctive, names)),
            frozenset(filter(None, map(web_domain, websites))),
            country,
        )
        keys = {f"domain:{domain}" for domain in known.domains} | set(known.names)
        keys |= {key for name in known.shapes for key in stored_keys(name)}
        keys |= {f"word:{word}" for words in known.words for word in words} | ({f"short:{known.acronym}"} if known.acronym else set())
        for key in keys:
            self._by_key[key][choice] = known

    def find(self, group: Group) -> tuple[Candidate | None, list[Candidate]]:
        """The stored organisation that it certainly is; or those that it may be, the likeliest first."""
        said = group.organisation
        domain, country = web_domain(said.get("website", "")), said.get("country", "")
        keys = {organisation_key(name, "", "") for name in (group.name, *said.get("aliases", ()))}
        same_name = self._with(*keys)
        own_key = organisation_key(group.name, "", "")
        certain = [
            known for known in same_name if known.choice.startswith("org:") and own_key in known.names and _agrees(known, domain, country)
        ]
        if len(certain) == 1:
            return Candidate(certain[0].choice, certain[0].name), []
        doubtful = [*same_name, *(self._with(f"domain:{domain}") if domain else ()), *self._similar(group.name, said.get("acronym", ""))]
        found = {known.choice: Candidate(known.choice, known.name) for known in doubtful}
        return None, list(found.values())[:MOST_CANDIDATES]

    def _with(self, *keys: str) -> list[_Known]:
        found = {choice: known for key in keys for choice, known in self._by_key.get(key, {}).items()}
        return sorted(found.values(), key=lambda known: known.name)

    def _similar(self, name: str, acronym: str) -> list[_Known]:
        """Those with most words in common, or with a name that reads alike, the likeliest first; then those with the same acronym."""
        words, typed, short = _distinctive(name), shape(name), _short(acronym)
        ranked: dict[str, tuple[float, _Known]] = {}
        for known in self._sharing(*(f"word:{word}" for word in words), *asked_keys(typed)):
            common = max(len(words & other) / len(words | other) for other in known.words)
            alike = max(max(likeness(typed, other), likeness(other, typed)) for other in known.shapes)
            if common >= _ENOUGH or alike >= Likeness.INSIDE:
                ranked[known.choice] = (common + alike, known)
        found = [known for _rank, known in sorted(ranked.values(), key=lambda pair: (-pair[0], pair[1].name))]
        shorts = {short, _short(name)} - {""}
        return found + self._with(*(f"short:{one}" for one in shorts))

    def _sharing(self, *keys: str) -> list[_Known]:
        """Those with one of the keys, of which the rare ones count."""
        return self._with(*(key for key in keys if len(self._by_key.get(key, ())) <= _MOST_SHARED))


def _agrees(known: _Known, domain: str, country: str) -> bool:
    """Whether it has the same website or, where one of the two has none, no other country."""
    if domain and known.domains:
        return domain in known.domains
    return not country or not known.country or country == known.country


def _distinctive(name: str) -> frozenset[str]:
    words = frozenset(name_words(name))
    return frozenset(words - _COMMON) or words


def _short(acronym: str) -> str:
    return "".join(name_words(acronym)) if acronym and len(acronym) < 12 else ""
