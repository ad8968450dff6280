"""Which domains are known for an organisation from elsewhere, and whether somebody at an address may bear its name.

Known are the organisations that the secretariat has recorded, those that another app registers as a source (such as endorsements that a
colleague approved), and a few that everybody knows. What somebody types about themselves makes nothing known: two typed values that agree
prove nothing about a third party.

The number of queries is the same for one claim and for a hundred. Of the recorded organisations those are loaded that share a stored key
with a claim (`members.models.derived`): by their domain, or because their names may be alike.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from core.dates import site_today
from core.mail.addresses import mail_domain
from members.identity.keys import is_free_mail, web_domain
from members.identity.similar_names import Likeness, Shape, acronym_likeness, kept_keys, likeness, shape, wanted_keys
from members.models import Organisation
from members.models.derived import is_acronym, numbers
from members.states import Category

from .matching import organisations_with
from .widely_known import WIDELY_KNOWN


@dataclass(frozen=True)
class Claim:
    """Who somebody says they are. `address` is the one whose owner has pressed the button; `ignore` a source's own key for it."""

    names: tuple[str, ...]
    acronym: str = ""
    website: str = ""
    address: str = ""
    ignore: int | None = None


@dataclass(frozen=True, eq=False)
class Known:
    """An organisation that is known, and the domains that are its own. `source` is the key that a claim may ignore."""

    name: str
    shapes: tuple[Shape, ...]
    acronyms: tuple[Shape, ...] = ()
    domains: frozenset[str] = frozenset()
    organisation_id: int | None = None
    is_member: bool = False
    is_famous: bool = False
    source: int | None = None


@dataclass(frozen=True)
class Judgement:
    """What is known of a claim.

    `proven_as` is the organisation at whose domain the address is. `resembles` is one with an equal or similar name, or with the website
    that was given, while the address is elsewhere. Neither: nobody knows the organisation. Never both.
    """

    proven_as: Known | None = None
    resembles: Known | None = None

    @property
    def is_verified(self) -> bool:
        return self.proven_as is not None


Source = Callable[[Sequence[Claim]], Iterable[Known]]
_sources: list[Source] = []


def known_source(source: Source) -> Source:
    """Register a function that returns the known organisations of another app that may be those of the claims."""
    _sources.append(source)
    return source


def judge(claims: Sequence[Claim]) -> list[Judgement]:
    """What is known of each claim, in their order."""
    if not claims:
        return []
    found = _known_to(claims)
    return [found.judge(claim) for claim in claims]


def at_known_domains(claims: Sequence[Claim]) -> list[bool]:
    """Whether the address of each claim is at a domain that is known, without which nothing is proven. Names are not compared."""
    if not any(claim.address for claim in claims):
        return [False] * len(claims)
    claims = [Claim((), address=claim.address, ignore=claim.ignore) for claim in claims]
    found = _known_to(claims)
    return [found.has_domain_of(claim) for claim in claims]


def domains_above(host: str) -> list[str]:
    """The host and the domains that it is part of, longest first: an address at mail.wemos.example is at wemos.example."""
    labels = host.split(".")
    return [".".join(labels[place:]) for place in range(len(labels) - 1)] if host else []


def owned_domain(address: str) -> str:
    """The domain of an email address; '' if it is a free mail provider's, or there is no address."""
    return "" if is_free_mail(address) else mail_domain(address)


def known_of(
    name: str, *, acronym: str = "", other_names: Iterable[str] = (), websites: Iterable[str] = (), is_famous: bool = False, **more: object
) -> Known:
    names = [one for one in (name, *other_names) if one]
    # "PSI" may be an organisation's name.
    short = filter(None, (acronym, *filter(is_acronym, names)))
    return Known(
        name,
        tuple(map(shape, names)),
        tuple(map(shape, short)),
        frozenset(filter(None, map(web_domain, websites))),
        is_famous=is_famous,
        **more,  # type: ignore[arg-type]
    )


def _recorded(claims: Sequence[Claim]) -> list[Known]:
    """Those that a claim may be about. Members first, so that of two that fit they are named."""
    rows = list(organisations_with(numbers(key for claim in claims for key in _keys_of(claim))).order_by("pk"))
    with_role = Organisation.objects.with_role(Category.MEMBER, site_today()).filter(pk__in=[row.pk for row in rows])
    members = set(with_role.values_list("pk", flat=True))
    return sorted((recorded(row, is_member=row.pk in members) for row in rows), key=lambda known: not known.is_member)


def recorded(row: Organisation, *, is_member: bool) -> Known:
    return known_of(
        row.name,
        acronym=row.acronym,
        other_names=row.other_names,
        websites=(row.website, *row.domains),
        organisation_id=row.pk,
        is_member=is_member,
    )


def _keys_of(claim: Claim) -> Iterator[str]:
    """The keys of all that may have this claim's domain, or a name like its own."""
    for host in (owned_domain(claim.address), web_domain(claim.website)):
        yield from (f"domain:{domain}" for domain in domains_above(host))
    for name in filter(None, (*claim.names, claim.acronym)):
        yield from _keys_like(shape(name))


@cache
def _famous() -> tuple[Known, ...]:
    return tuple(
        known_of(body.name, acronym=body.acronym, other_names=body.other_names, websites=body.domains.split(), is_famous=True)
        for body in WIDELY_KNOWN
    )


def _known_to(claims: Sequence[Claim]) -> "_Index":
    """Those that the claims may be about."""
    return _Index([*_recorded(claims), *_famous(), *(known for source in _sources for known in source(claims))])


class _Index:
    """The known organisations by domain, and by the keys under which they are found by a name like theirs."""

    def __init__(self, everybody: Sequence[Known]) -> None:
        self.by_domain: dict[str, list[Known]] = defaultdict(list)
        self.by_key: dict[str, list[Known]] = defaultdict(list)
        self.order = {id(known): place for place, known in enumerate(everybody)}
        number = Counter(word for known in everybody for name in known.shapes for word in name.words)
        for known in everybody:
            for domain in known.domains:
                self.by_domain[domain].append(known)
            for key in {key for name in known.shapes for key in kept_keys(name, number)} | _short_keys(known):
                self.by_key[key].append(known)

    def judge(self, claim: Claim) -> Judgement:
        here = self._at(owned_domain(claim.address), claim)
        alike = self._alike(claim)
        mine = max((alike.get(known, Likeness.NONE) for known in here), default=Likeness.NONE)
        site = self._at(web_domain(claim.website), claim)
        elsewhere = {known: level for known, level in alike.items() if known not in here}
        borrowed = [known for known in site if known not in here]
        strongest = max(elsewhere.values(), default=Likeness.NONE)
        if here and (mine == Likeness.SAME or (mine > strongest and not borrowed)):
            return Judgement(proven_as=next(known for known in here if alike.get(known) == mine))
        if elsewhere or borrowed:
            return Judgement(
                resembles=self._first(known for known in (elsewhere or borrowed) if elsewhere.get(known, strongest) == strongest)
            )
        at_its_site = [known for known in here if known in site]
        return Judgement(proven_as=at_its_site[0] if at_its_site else None)

    def has_domain_of(self, claim: Claim) -> bool:
        return bool(self._at(owned_domain(claim.address), claim))

    def _first(self, found: Iterable[Known]) -> Known:
        return min(found, key=lambda known: self.order[id(known)])

    def _at(self, host: str, claim: Claim) -> list[Known]:
        """Those at whose domain the host is."""
        return [known for domain in domains_above(host) for known in self.by_domain.get(domain, ()) if not _is_itself(known, claim)]

    def _alike(self, claim: Claim) -> dict[Known, Likeness]:
        """Those with an equal or similar name, or the same acronym, and how alike they are."""
        found: dict[Known, Likeness] = {}
        for name in filter(None, claim.names):
            typed = shape(name)
            for known in self._candidates(typed, claim):
                found[known] = max(found.get(known, Likeness.NONE), _likeness(typed, known))
        if claim.acronym:
            typed = shape(claim.acronym)
            for known in self._candidates(typed, claim):
                if any(typed.joined == name.joined for name in (*known.acronyms, *known.shapes)):
                    found[known] = max(found.get(known, Likeness.NONE), Likeness.SHORT)
        return {known: level for known, level in found.items() if level}

    def _candidates(self, typed: Shape, claim: Claim) -> set[Known]:
        return {known for key in _keys_like(typed) for known in self.by_key.get(key, ()) if not _is_itself(known, claim)}


def _is_itself(known: Known, claim: Claim) -> bool:
    return known.source is not None and known.source == claim.ignore


def _short_keys(known: Known) -> set[str]:
    """The keys under which it is found by its acronym, and by its name where that is somebody's acronym."""
    return {f"short:{name.joined}" for name in (*known.acronyms, *known.shapes)}


@lru_cache(maxsize=1024)
def _keys_like(typed: Shape) -> frozenset[str]:
    """The keys of all that may have a name or acronym like this one."""
    return frozenset(wanted_keys(typed)).union(f"short:{word}" for word in (*typed.words, typed.joined))


def _likeness(typed: Shape, known: Known) -> Likeness:
    by_name = max((likeness(typed, name) for name in known.shapes), default=Likeness.NONE)
    by_acronym = max((acronym_likeness(typed, name, is_famous=known.is_famous) for name in known.acronyms), default=Likeness.NONE)
    return max(by_name, by_acronym)
