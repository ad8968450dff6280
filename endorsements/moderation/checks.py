"""Automatic checks of endorsements, shown to the secretariat when it decides.

They are made for many rows at once: the number of queries is the same for one and for a hundred.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import site_date, site_today
from core.mail.addresses import canonical_address, mail_domain
from endorsements.models import Endorsement
from endorsements.signing import precedence
from endorsements.signing.known import Verification, verify
from endorsements.states import ENDED, IN_QUEUE, NOT_ENDED, State
from members.identity.keys import web_domain
from members.models import Organisation
from members.organisations.known import owned_domain
from members.review import checks
from members.review.checks import DOUBT, GOOD, PLAIN, identity_checks
from members.states import Category

NEAR = timedelta(hours=1)
# From one network or domain within the hour: more than an office would send.
MANY = 5
MAX_OTHERS, MAX_LOOKED_AT = 5, 500
# Of the hundreds that may be duplicates, what is compared and what is shown.
COMPARED = ("declaration", "kind", "state", "key", "organisation", "sort_key", "country", "email", "address_key", "source", "name")


@dataclass(frozen=True)
class Check(checks.Check):
    """The result of one check; `others` are the endorsements it refers to."""

    others: tuple[Endorsement, ...] = ()


@dataclass(frozen=True)
class CheckResults:
    """All checks of one endorsement, other endorsements that may be by the same signatory, and whether it is green: verified."""

    checks: list[Check]
    is_green: bool
    possible_duplicates: list[Endorsement]


def checks_of(rows: Sequence[Endorsement]) -> dict[int, CheckResults]:
    """The results by primary key. Load the rows with their `organisation`."""
    if not rows:
        return {}
    earlier, duplicates, roles, nearby = _earlier(rows), _possible_duplicates(rows), _roles(rows), _Nearby(rows)
    results = {}
    for row, verification in zip(rows, verify(rows), strict=True):
        found = [
            *_check_verification(row, verification),
            *_check_organisation(row, roles),
            *_check_earlier(earlier[row.pk]),
            *_check_duplicates(row, duplicates[row.pk]),
            *nearby.checks(row),
            *_check_state(row),
        ]
        found.sort(key=lambda check: (GOOD, DOUBT, PLAIN).index(check.tone))
        results[row.pk] = CheckResults(found, is_green(row, is_verified=verification.is_verified), duplicates[row.pk])
    return results


def is_green(row: Endorsement, *, is_verified: bool) -> bool:
    """Whether it can be approved without looking: an organisation whose own domain has answered, or a member by their own link."""
    return row.is_organisation and row.confirmed_at is not None and is_verified


# The endorsement itself


def _check_verification(row: Endorsement, verification: Verification) -> Iterable[Check]:
    if verification.is_member:
        yield Check(GOOD, _("Given by a contact of the member, by their own link"))
        return
    if row.seconded_at:
        yield _check_second_person(row, verification)
    if row.email:
        yield from identity_checks(verification.first, row.email, row.website, is_organisation=row.is_organisation)


def _check_second_person(row: Endorsement, verification: Verification) -> Check:
    values = {"day": _day(row.seconded_at), "domain": mail_domain(row.second_email) or web_domain(row.website)}
    if verification.by_second and verification.by_second.is_verified:
        return Check(GOOD, _("Confirmed by a second person at %(domain)s, %(day)s") % values)
    return Check(DOUBT, _("Confirmed by a second person at %(domain)s, %(day)s. Nobody but the sender says whose domain that is") % values)


def _check_state(row: Endorsement) -> Iterable[Check]:
    if row.confirmed_at is None and row.state in NOT_ENDED:
        yield Check(DOUBT, _("Has not yet pressed the button in the mail"))
    if row.state == State.HELD and row.hold_reason:
        yield Check(DOUBT, _("Held back: %(reason)s") % {"reason": row.get_hold_reason_display()})


# The same organisation


def _roles(rows: Sequence[Endorsement]) -> dict[int, str]:
    """The membership category today, by the key of the organisation."""
    known = {row.organisation_id for row in rows if row.organisation_id}
    today = site_today()
    found: dict[int, str] = {}
    for category in (Category.OBSERVER, Category.MEMBER):
        for pk in Organisation.objects.with_role(category, today).filter(pk__in=known).values_list("pk", flat=True):
            found[pk] = str(category.label)
    return found


def _check_organisation(row: Endorsement, roles: dict[int, str]) -> Iterable[Check]:
    if row.organisation is None:
        return
    known = {"name": row.organisation.name, "role": roles.get(row.organisation.pk, "")}
    words = _("The coalition knows %(name)s (%(role)s)") if known["role"] else _("The coalition knows %(name)s")
    yield Check(PLAIN, words % known, url=reverse("wagtailsnippets_members_organisation:edit", args=(row.organisation_id,)))


def _earlier(rows: Sequence[Endorsement]) -> dict[int, list[Endorsement]]:
    """Ended endorsements of the same declaration by the same signatory."""
    signatories = {(row.declaration_id, row.key) for row in rows if row.key}
    earlier = Endorsement.objects.filter(
        declaration_id__in={declaration for declaration, _key in signatories},
        key__in={key for _declaration, key in signatories},
        state__in=ENDED,
    ).order_by("-ended_at")[:MAX_LOOKED_AT]
    by_key = defaultdict(list)
    for one in earlier:
        by_key[one.declaration_id, one.key].append(one)
    return {row.pk: [one for one in by_key[row.declaration_id, row.key] if one.pk != row.pk] for row in rows}


def _check_earlier(earlier: list[Endorsement]) -> Iterable[Check]:
    for one in earlier[:MAX_OTHERS]:
        if one.state == State.DECLINED:
            values = {"day": _day(one.ended_at), "reason": one.get_decline_reason_display()}
            yield Check(DOUBT, _("Declined here on %(day)s: %(reason)s") % values, others=(one,))
        else:
            yield Check(DOUBT, _("Withdrawn here on %(day)s") % {"day": _day(one.ended_at)}, others=(one,))


def _possible_duplicates(rows: Sequence[Endorsement]) -> dict[int, list[Endorsement]]:
    """Endorsements of the same declaration that have not ended and may be by the same signatory.

    Organisations: the same website, name (in any country), organisation of the coalition, or email domain. People: the same name and
    country.
    """
    others = Endorsement.objects.filter(declaration_id__in={row.declaration_id for row in rows}, state__in=NOT_ENDED)
    others = others.only(*COMPARED).order_by()
    # Each by an index of its own, for which the list of names wants to know kind, show_name, and no order by primary key.
    named = others.filter(show_name__in=(True, False), sort_key__in={row.sort_key for row in rows if row.sort_key})
    in_country = named.people().alias(who=Concat("sort_key", Value("|"), "country", output_field=TextField()))
    similar = (
        named.organisations(),
        in_country.filter(who__in={f"{row.sort_key}|{row.country}" for row in rows if not row.is_organisation}),
        others.filter(key__in={row.key for row in rows if row.key}),
        others.filter(organisation_id__in={row.organisation_id for row in rows if row.organisation_id}),
        others.organisations().at_domains({owned_domain(row.email) for row in rows if row.is_organisation}),
    )
    found = {other.pk: other for some in similar for other in some[:MAX_LOOKED_AT]}
    return {row.pk: _most_likely(row, found.values()) for row in rows}


def _most_likely(row: Endorsement, others: Iterable[Endorsement]) -> list[Endorsement]:
    """Listed ones first. Many that share only an email domain are not duplicates; `_Nearby` counts them."""
    own = [other for other in others if other.pk != row.pk and other.declaration_id == row.declaration_id and other.kind == row.kind]
    same = [other for other in own if _may_be_duplicate(row, other)]
    domain = owned_domain(row.email) if row.is_organisation else ""
    colleagues = [other for other in own if domain and other not in same and owned_domain(other.email) == domain]
    return sorted([*same, *(colleagues if len(colleagues) < MANY else [])], key=merge_order)[:MAX_OTHERS]


def merge_order(row: Endorsement) -> tuple[bool, int]:
    """Sort key for duplicates: a listed one, then the oldest."""
    return row.state != State.LISTED, row.pk


def _may_be_duplicate(row: Endorsement, other: Endorsement) -> bool:
    same_name = bool(row.sort_key) and row.sort_key == other.sort_key
    if not row.is_organisation:
        return same_name and row.country == other.country
    known = row.organisation_id is not None and row.organisation_id == other.organisation_id
    return same_name or known or (bool(row.key) and row.key == other.key)


def _check_duplicates(row: Endorsement, candidates: list[Endorsement]) -> Iterable[Check]:
    """One in the list by the same signatory is no guess: approving this one is a choice between the two."""
    waits = row.state in IN_QUEUE
    listed = [other for other in candidates if waits and other.state == State.LISTED and _is_same_signatory(row, other)]
    if listed:
        yield Check(DOUBT, _("In the list already, endorsed by somebody else. Choose which one stays:"), others=tuple(listed))
    if others := [other for other in candidates if other not in listed]:
        yield Check(DOUBT, _("Perhaps the same:"), others=tuple(others))
    if waits and row.replaces_id:
        url = reverse("endorsements:inspect", args=(row.replaces_id,))
        yield Check(PLAIN, _("Sent to replace an earlier one from the same address, which ends when you approve this one"), url=url)


def _is_same_signatory(row: Endorsement, other: Endorsement) -> bool:
    if precedence.have_same_holder(row, other):
        return False
    return row.key == other.key or (row.organisation_id is not None and row.organisation_id == other.organisation_id)


# Within the hour


class _Nearby:
    """The number of other endorsements from the same network or email domain within an hour before or after."""

    def __init__(self, rows: Sequence[Endorsement]) -> None:
        times = [row.submitted_at for row in rows]
        around = Endorsement.objects.filter(submitted_at__range=(min(times) - NEAR, max(times) + NEAR))
        networks = {row.network for row in rows if row.network}
        domains = {domain for row in rows if (domain := owned_domain(row.email))}
        self.networks = _times_by(around.filter(network__in=networks).values_list("network", "submitted_at") if networks else ())
        found = around.at_domains(domains).values_list("address_key", "submitted_at")
        self.domains = _times_by((mail_domain(address), time) for address, time in found)

    def checks(self, row: Endorsement) -> Iterable[Check]:
        url = reverse("endorsements:alike", args=(row.pk,))
        if row.network and (count := _count_others(self.networks[row.network], row.submitted_at)):
            words = ngettext(
                "%(count)d other from the same network within the hour", "%(count)d others from the same network within the hour", count
            )
            yield Check(DOUBT if count >= MANY else PLAIN, words % {"count": count}, url=url)
        domain = mail_domain(row.address_key or canonical_address(row.email))
        if domain in self.domains and (count := _count_others(self.domains[domain], row.submitted_at)):
            words = ngettext(
                "%(count)d other with an address at %(domain)s within the hour",
                "%(count)d others with an address at %(domain)s within the hour",
                count,
            )
            yield Check(DOUBT if count >= MANY else PLAIN, words % {"count": count, "domain": domain}, url=url)


def _times_by(pairs: Iterable[tuple[str, datetime]]) -> dict[str, list[datetime]]:
    found = defaultdict(list)
    for origin, time in pairs:
        found[origin].append(time)
    return found


def _count_others(times: list[datetime], time: datetime) -> int:
    return sum(abs(other - time) <= NEAR for other in times) - 1


def similar(row: Endorsement) -> QuerySet[Endorsement]:
    """Endorsements from the same network or email domain (except free mail) within an hour of this one, itself included."""
    same = Q(pk=row.pk)
    if row.network:
        same |= Q(network=row.network)
    if domain := owned_domain(row.email):
        same |= Q(domain=domain)
    near = Endorsement.objects.with_domain().filter(submitted_at__range=(row.submitted_at - NEAR, row.submitted_at + NEAR))
    return near.filter(same).order_by("submitted_at", "pk")


def _day(moment: Any) -> str:
    return date_format(site_date(moment), "j F Y") if moment else "…"
