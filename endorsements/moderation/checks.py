"""What is known about endorsements besides what their holders typed, for whoever decides on them.

It is gathered for many rows at once: the number of queries is the same for one and for a hundred.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import site_today
from core.mail.addresses import canonical_address, mail_domain
from endorsements.models import Endorsement
from endorsements.states import ENDED, STANDING, Source, State
from members.identity.keys import is_free_mail, web_domain
from members.models import Organisation
from members.review import checks
from members.review.checks import DOUBT, GOOD, PLAIN
from members.states import Category

NEAR = timedelta(hours=1)
# So many from one place within the hour is no longer an office.
MANY = 5
MOST_OTHERS, MOST_LOOKED_AT = 5, 500


@dataclass(frozen=True)
class Sign(checks.Sign):
    """`others` are the endorsements it is about."""

    others: tuple[Endorsement, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """All signs of one endorsement, and those that may be the same signatory."""

    signs: list[Sign]
    candidates: list[Endorsement]


def evidence_of(rows: Sequence[Endorsement]) -> dict[int, Evidence]:
    """By the rows' keys. Load the rows with their `organisation`."""
    if not rows:
        return {}
    ended, candidates, members, nearby = _ended(rows), _candidates(rows), _members(rows), _Nearby(rows)
    found = {}
    for row in rows:
        same = candidates[row.pk]
        signs = [
            *_of_address(row),
            *_of_organisation(row, members),
            *_of_past(ended[row.pk]),
            *_of_same(same),
            *nearby.signs(row),
            *_of_hold(row),
        ]
        found[row.pk] = Evidence(sorted(signs, key=lambda sign: (GOOD, DOUBT, PLAIN).index(sign.tone)), same)
    return found


def owned_domain(address: str) -> str:
    """The host of a mail address that belongs to somebody; empty for free mail and for none."""
    return "" if is_free_mail(address) else mail_domain(address)


def at_domain(domain: str) -> Q:
    return Q(address_key__endswith=f"@{domain}")


# What the row itself says


def _of_address(row: Endorsement) -> Iterable[Sign]:
    if row.seconded_at:
        yield Sign(GOOD, _("Confirmed by a second person at its website’s domain, %(day)s") % {"day": _day(row.seconded_at)})
    if row.source == Source.MEMBER:
        yield Sign(GOOD, _("Given by a contact of the member, by their own link"))
        return
    if not row.email:
        return
    mail, site = mail_domain(row.email), web_domain(row.website)
    if row.is_at_own_domain:
        yield Sign(GOOD, _("Mail address at its own website: %(domain)s") % {"domain": mail})
    elif is_free_mail(row.email) and row.is_organisation:
        yield Sign(DOUBT, _("Free mail address: %(domain)s") % {"domain": mail})
    elif row.is_organisation and site:
        yield Sign(DOUBT, _("Mail address at %(mail)s, website at %(site)s") % {"mail": mail, "site": site})
    if row.is_organisation and not site:
        yield Sign(PLAIN, _("No website of its own to compare with"))


def _of_hold(row: Endorsement) -> Iterable[Sign]:
    if row.confirmed_at is None and row.state in STANDING:
        yield Sign(DOUBT, _("Has not yet pressed the button in the mail"))
    if row.state == State.HELD and row.hold_reason:
        yield Sign(DOUBT, _("Held back: %(reason)s") % {"reason": row.get_hold_reason_display()})


# The same organisation


def _members(rows: Sequence[Endorsement]) -> dict[int, str]:
    """What the known organisations are to the coalition today."""
    known = {row.organisation_id for row in rows if row.organisation_id}
    today = site_today()
    found: dict[int, str] = {}
    for category in (Category.OBSERVER, Category.MEMBER):
        for pk in Organisation.objects.with_role(category, today).filter(pk__in=known).values_list("pk", flat=True):
            found[pk] = str(category.label)
    return found


def _of_organisation(row: Endorsement, members: dict[int, str]) -> Iterable[Sign]:
    if row.organisation is None:
        return
    known = {"name": row.organisation.name, "role": members.get(row.organisation.pk, "")}
    words = _("The coalition knows %(name)s (%(role)s)") if known["role"] else _("The coalition knows %(name)s")
    yield Sign(PLAIN, words % known, url=reverse("wagtailsnippets_members_organisation:edit", args=(row.organisation_id,)))


def _ended(rows: Sequence[Endorsement]) -> dict[int, list[Endorsement]]:
    """What the same signatory had here before, and was declined or withdrawn."""
    asked = {(row.declaration_id, row.key) for row in rows if row.key}
    earlier = Endorsement.objects.filter(
        declaration_id__in={declaration for declaration, _key in asked}, key__in={key for _declaration, key in asked}, state__in=ENDED
    ).order_by("-ended_at")[:MOST_LOOKED_AT]
    by_key = defaultdict(list)
    for one in earlier:
        by_key[one.declaration_id, one.key].append(one)
    return {row.pk: [one for one in by_key[row.declaration_id, row.key] if one.pk != row.pk] for row in rows}


def _of_past(earlier: list[Endorsement]) -> Iterable[Sign]:
    for one in earlier[:MOST_OTHERS]:
        if one.state == State.DECLINED:
            told = {"day": _day(one.ended_at), "reason": one.get_decline_reason_display()}
            yield Sign(DOUBT, _("Declined here on %(day)s: %(reason)s") % told, others=(one,))
        else:
            yield Sign(DOUBT, _("Withdrawn here on %(day)s") % {"day": _day(one.ended_at)}, others=(one,))


def _candidates(rows: Sequence[Endorsement]) -> dict[int, list[Endorsement]]:
    """Those that stand under the same declaration and may be the same organisation or person.

    Organisations: the same website, the same name wherever they are, the same entry of the coalition, or the same mail domain. People:
    the same name and country.
    """
    standing = Endorsement.objects.filter(declaration_id__in={row.declaration_id for row in rows}, state__in=STANDING).order_by("-pk")
    alike = Q(sort_key__in={row.sort_key for row in rows if row.sort_key}) | Q(key__in={row.key for row in rows if row.key})
    alike |= Q(organisation_id__in={row.organisation_id for row in rows if row.organisation_id})
    found = {other.pk: other for other in standing.filter(alike)[:MOST_LOOKED_AT]}
    domains = {domain for row in rows if row.is_organisation and (domain := owned_domain(row.email))}
    if domains:
        found |= {other.pk: other for other in standing.organisations().filter(_at_any(domains))[:MOST_LOOKED_AT]}
    return {row.pk: _likeliest(row, found.values()) for row in rows}


def _likeliest(row: Endorsement, others: Iterable[Endorsement]) -> list[Endorsement]:
    """Listed ones first. Many that have nothing in common but a mail domain are no duplicates; `_Nearby` counts them."""
    own = [other for other in others if other.pk != row.pk and other.declaration_id == row.declaration_id and other.kind == row.kind]
    same = [other for other in own if _may_be_same(row, other)]
    domain = owned_domain(row.email) if row.is_organisation else ""
    colleagues = [other for other in own if domain and other not in same and owned_domain(other.email) == domain]
    return sorted([*same, *(colleagues if len(colleagues) < MANY else [])], key=listed_first)[:MOST_OTHERS]


def listed_first(row: Endorsement) -> tuple[bool, int]:
    """Sorts those that are the same: one that is listed before others, then the older before the newer."""
    return row.state != State.LISTED, row.pk


def _may_be_same(row: Endorsement, other: Endorsement) -> bool:
    same_name = bool(row.sort_key) and row.sort_key == other.sort_key
    if not row.is_organisation:
        return same_name and row.country == other.country
    known = row.organisation_id is not None and row.organisation_id == other.organisation_id
    return same_name or known or (bool(row.key) and row.key == other.key)


def _of_same(candidates: list[Endorsement]) -> Iterable[Sign]:
    if candidates:
        yield Sign(DOUBT, _("Perhaps the same:"), others=tuple(candidates))


# The same hour


class _Nearby:
    """How many others came from the same network or mail domain within an hour before or after."""

    def __init__(self, rows: Sequence[Endorsement]) -> None:
        moments = [row.submitted_at for row in rows]
        around = Endorsement.objects.filter(submitted_at__range=(min(moments) - NEAR, max(moments) + NEAR))
        networks = {row.network for row in rows if row.network}
        domains = {domain for row in rows if (domain := owned_domain(row.email))}
        self.networks = _times(around.filter(network__in=networks).values_list("network", "submitted_at") if networks else ())
        found = around.filter(_at_any(domains)).values_list("address_key", "submitted_at") if domains else ()
        self.domains = _times((mail_domain(address), moment) for address, moment in found)

    def signs(self, row: Endorsement) -> Iterable[Sign]:
        where = reverse("endorsements:alike", args=(row.pk,))
        if row.network and (count := _others(self.networks[row.network], row.submitted_at)):
            words = ngettext(
                "%(count)d other from the same network within the hour", "%(count)d others from the same network within the hour", count
            )
            yield Sign(DOUBT if count >= MANY else PLAIN, words % {"count": count}, url=where)
        domain = mail_domain(row.address_key or canonical_address(row.email))
        if domain in self.domains and (count := _others(self.domains[domain], row.submitted_at)):
            words = ngettext(
                "%(count)d other with an address at %(domain)s within the hour",
                "%(count)d others with an address at %(domain)s within the hour",
                count,
            )
            yield Sign(DOUBT if count >= MANY else PLAIN, words % {"count": count, "domain": domain}, url=where)


def _times(pairs: Iterable[tuple[str, datetime]]) -> dict[str, list[datetime]]:
    found = defaultdict(list)
    for place, moment in pairs:
        found[place].append(moment)
    return found


def _others(moments: list[datetime], moment: datetime) -> int:
    return sum(abs(other - moment) <= NEAR for other in moments) - 1


def _at_any(domains: Iterable[str]) -> Q:
    found = Q()
    for domain in sorted(domains):
        found |= at_domain(domain)
    return found


def similar(row: Endorsement) -> QuerySet[Endorsement]:
    """Those from the same network or mail domain within an hour of this one, itself included; free mail does not count."""
    same = Q(pk=row.pk)
    if row.network:
        same |= Q(network=row.network)
    if domain := owned_domain(row.email):
        same |= at_domain(domain)
    return Endorsement.objects.filter(same, submitted_at__range=(row.submitted_at - NEAR, row.submitted_at + NEAR)).order_by(
        "submitted_at", "pk"
    )


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "j F Y") if moment else "…"
