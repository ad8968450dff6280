"""Whether an endorsement is verified: confirmed from a domain that is known, from elsewhere, to be the organisation's own.

Endorsements that a colleague approved make their organisation known, too (`members.organisations.known` has the others).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from core.due import due
from core.mail.addresses import mail_domain, shortened
from endorsements.models import Endorsement, KnownName
from endorsements.states import Source
from members.identity.keys import web_domain
from members.identity.similar_names import asked_keys, shape, stored_keys
from members.organisations.known import Claim, Judgement, Known, at_known_domains, domains_above, judge, known_of, known_source

MAX_KEY_LENGTH, A_RUN = 120, 500
# Of the approved organisations that share a key with the names asked about, so many are compared.
MAX_CANDIDATES = 1000


@dataclass(frozen=True)
class Verification:
    """What is known of the one who endorses. `by_second` is what is known of the second person's address, if one has confirmed."""

    first: Judgement
    by_second: Judgement | None = None
    is_member: bool = False

    @property
    def is_verified(self) -> bool:
        """Somebody at a domain known as the organisation's own has confirmed, or a contact of a member by their own link."""
        return self.is_member or self.first.is_verified or bool(self.by_second and self.by_second.is_verified)

    @property
    def resembles(self) -> Known | None:
        """The known organisation whose name or website they give, from another domain; None if they are proven to be it."""
        return None if self.is_verified else self.first.resembles


def verify(rows: Sequence[Endorsement]) -> list[Verification]:
    """What is known of each, in their order. The number of queries is the same for one and for a hundred."""
    claims = [_claim(row, row.email) for row in rows]
    seconded = [row for row in rows if row.seconded_at]
    judgements = judge([*claims, *(_claim(row, row.second_email) for row in seconded)])
    by_second = dict(zip(map(id, seconded), judgements[len(rows) :], strict=True))
    return [
        Verification(_as_kind(row, found), by_second.get(id(row)), row.source == Source.MEMBER)
        for row, found in zip(rows, judgements, strict=False)
    ]


def verified(rows: Sequence[Endorsement]) -> list[bool]:
    """Whether each is verified. Quicker than `verify`: the names are compared only of those that may be."""
    judged = may_be_verified(rows)
    found = {id(row) for row, verification in zip(judged, verify(judged), strict=True) if verification.is_verified}
    return [id(row) in found for row in rows]


def may_be_verified(rows: Sequence[Endorsement]) -> list[Endorsement]:
    """Those confirmed from a domain that is known, or by a member's own link: no other is verified. No names are compared."""
    seconded = [row for row in rows if row.seconded_at]
    claims = [*(_claim(row, row.email) for row in rows), *(_claim(row, row.second_email) for row in seconded)]
    at_known = {id(row) for row, is_known in zip([*rows, *seconded], at_known_domains(claims), strict=True) if is_known}
    return [row for row in rows if id(row) in at_known or row.source == Source.MEMBER]


def _claim(row: Endorsement, address: str) -> Claim:
    """What a reader would take from it. Beside a person's name stand role and affiliation: "Director, World Health Organization"."""
    if row.is_organisation:
        return Claim((row.name,), row.acronym, row.website, address, ignore=row.pk)
    return Claim((row.name, row.role, row.affiliation), "", "", address)


def _as_kind(row: Endorsement, found: Judgement) -> Judgement:
    """A person is not verified: nobody can prove a name. They may only seem to speak for an organisation with a domain of its own.

    Those known from an approved endorsement alone do not count: half a hospital may endorse beside it, from addresses of their own.
    """
    if row.is_organisation:
        return found
    known = found.resembles
    return Judgement(resembles=known if known and known.domains and known.source is None else None)


# Approved endorsements make an organisation known


def remember(endorsement: Endorsement) -> None:
    """Store the names of an approved organisation, so that similar ones are recognised. Call it again when its name has changed."""
    keys = {shortened(key, MAX_KEY_LENGTH) for name in (endorsement.name, endorsement.acronym) if name for key in stored_keys(shape(name))}
    endorsement.known_names.exclude(key__in=keys).delete()
    KnownName.objects.bulk_create([KnownName(endorsement=endorsement, key=key) for key in sorted(keys)], ignore_conflicts=True)


@due("known names")
def remember_approved(now: datetime) -> str:
    """Store the names of those that were approved before names were stored."""
    rows = list(Endorsement.objects.approved().filter(known_names=None).exclude(name="")[:A_RUN])
    for row in rows:
        remember(row)
    return f"{len(rows)} stored" if rows else ""


@known_source
def approved_organisations(claims: Sequence[Claim]) -> Iterator[Known]:
    """The organisations of approved endorsements that share a domain with a claim, or may have a similar name.

    The domain is that of the website that the colleague saw. An endorsement is not evidence for itself.
    """
    hosts = {host for claim in claims for host in (mail_domain(claim.address), web_domain(claim.website))}
    domains = {domain for host in hosts for domain in domains_above(host)}
    names = {name for claim in claims for name in (*claim.names, claim.acronym) if name}
    keys = {shortened(key, MAX_KEY_LENGTH) for name in names for key in asked_keys(shape(name))}
    for row in _candidates({f"domain:{domain}" for domain in domains}, keys):
        yield known_of(row.name, acronym=row.acronym, websites=(row.website,), source=row.pk)


def _candidates(domain_keys: Iterable[str], name_keys: Iterable[str]) -> Iterable[Endorsement]:
    by_name = KnownName.objects.filter(key__in=list(name_keys)).values("endorsement")
    either = Q(key__in=list(domain_keys)) | Q(pk__in=by_name)
    return Endorsement.objects.approved().filter(either).only("name", "acronym", "website").order_by("-pk")[:MAX_CANDIDATES]
