"""Checks of applications: email address, funding, and similar organisations and applications.

The number of queries does not depend on the number of applications checked. Of the organisations those are loaded that share a stored key
with one of them, and of other applications a few.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.dates import site_date, site_today
from core.mail.addresses import canonical_address, mail_domain
from members.applications.keys import applications_by_number, numbers_of, organisation_keys
from members.identity.keys import is_free_mail, organisation_key, same_domain, sort_key, web_domain
from members.models import Application, Organisation
from members.models.derived import numbers
from members.organisations.known import Claim, Judgement, Known, judge, owned_domain
from members.organisations.matching import match_keys, organisations_with
from members.states import ApplicationState, Category

GOOD, PLAIN, DOUBT = "good", "plain", "doubt"
MAX_SIMILAR = 5


@dataclass(frozen=True)
class Check:
    """A finding for (`good`), against (`doubt`) or neither (`plain`); `url` leads to details."""

    tone: str
    text: str
    url: str = ""


def checks_for(rows: Sequence[Application]) -> dict[int, list[Check]]:
    """Return the checks of applications by primary key."""
    found, similar_to = {}, similar_checks(rows)
    for row, judgement in zip(rows, judge([_claim(row) for row in rows]), strict=True):
        identity = identity_checks(judgement, row.email, row.website) if row.email else ()
        checks = [*identity, *_other_addresses(row), *similar_to[row.pk], *_funding_checks(row)]
        found[row.pk] = sorted(checks, key=lambda check: (GOOD, DOUBT, PLAIN).index(check.tone))
    return found


# Who it is


def identity_checks(found: Judgement, address: str, website: str, *, is_organisation: bool = True) -> Iterable[Check]:
    """What the address whose owner has answered says about who it is: green only for a domain that is known from elsewhere."""
    mail, site = mail_domain(address), web_domain(website)
    if found.proven_as:
        yield Check(GOOD, _known_at(found.proven_as) % {"domain": mail, "name": found.proven_as.name}, _url_of(found.proven_as))
        return
    if found.resembles:
        yield Check(DOUBT, _resembles(found.resembles) % {"name": found.resembles.name, "domain": mail}, _url_of(found.resembles))
    if not is_organisation:
        return
    if not found.resembles:
        yield Check(PLAIN, _("We do not know this organisation: neither a member, nor recorded here, nor approved before"))
    if is_free_mail(address):
        yield Check(DOUBT, _("Free email address: %(domain)s") % {"domain": mail})
    elif same_domain(address, website):
        yield Check(PLAIN, _("Email address at the domain of the website they gave: %(domain)s") % {"domain": mail})
    elif site:
        yield Check(DOUBT, _("Email address at %(mail)s, website at %(site)s") % {"mail": mail, "site": site})
    if not site:
        yield Check(PLAIN, _("No website of its own to compare with"))


def _known_at(known: Known) -> str:
    if known.source:
        return _("Email address at %(domain)s, known from an approved endorsement of %(name)s")
    return _("Email address at %(domain)s, known as the domain of %(name)s")


def _resembles(known: Known) -> str:
    if not known.domains:
        return _("Name or website like that of %(name)s, whose domain we do not know. The email address is at %(domain)s")
    return _("Name or website like that of %(name)s, but the email address is at %(domain)s. Make sure that it is them")


def _url_of(known: Known) -> str:
    return reverse("wagtailsnippets_members_organisation:inspect", args=(known.organisation_id,)) if known.organisation_id else ""


def _claim(row: Application) -> Claim:
    """The applicant's address received the link, so its owner has answered. Other addresses are only typed."""
    return Claim((row.name, *row.other_names.splitlines()), row.acronym, row.website, row.email)


def other_addresses(row: Application) -> list[tuple[str, str]]:
    """Who is named at an address that is not the applicant's, and so was only typed: a sentence with %(address)s, and the address."""
    proven = row.address_key or canonical_address(row.email)
    people = (
        (_("Not confirmed: the representative’s address, %(address)s"), row.representative_email),
        (_("Not confirmed: the second contact’s address, %(address)s"), row.second_email),
    )
    return [(text, address) for text, address in people if address and canonical_address(address) != proven]


def _other_addresses(row: Application) -> Iterable[Check]:
    for text, address in other_addresses(row):
        yield Check(DOUBT, text % {"address": address})


def _funding_checks(row: Application) -> Iterable[Check]:
    if row.for_profit_funding:
        yield Check(DOUBT, _("Has funding from for-profit health business; it explains that below"))


# Similar organisations and applications


def similar_checks(rows: Sequence[Application]) -> dict[int, list[Check]]:
    """The checks about similar organisations and applications, by primary key."""
    organisations, applications = _OrganisationIndex(rows), _similar_applications(rows)
    return {
        row.pk: [
            *(() if row.state == ApplicationState.ACCEPTED else organisations.checks(row)),
            *map(_application_check, applications[row.pk]),
        ]
        for row in rows
    }


class _OrganisationIndex:
    """The organisations that may be among some applications, by the keys under which they may be found."""

    def __init__(self, rows: Iterable[Application]) -> None:
        self.names: dict[int, str] = {}
        self.by_key: dict[str, set[int]] = {}
        for one in organisations_with(numbers(key for row in rows for key in _stored_keys(row))):
            self.names[one.pk] = one.name
            for key in match_keys([one.name, one.acronym, *one.other_names], [one.website, *one.domains], str(one.country or "")):
                self.by_key.setdefault(key, set()).add(one.pk)
        self.roles: dict[int, str] = {}
        for category in (Category.OBSERVER, Category.MEMBER):
            with_role = Organisation.objects.with_role(category, site_today()).filter(pk__in=list(self.names))
            self.roles |= dict.fromkeys(with_role.values_list("pk", flat=True), str(category.label))

    def similar_to(self, row: Application) -> list[int]:
        found: set[int] = set()
        for key in organisation_keys(row):
            found |= self.by_key.get(key, set())
        return sorted(found)[:MAX_SIMILAR]

    def checks(self, row: Application) -> Iterable[Check]:
        for pk in self.similar_to(row):
            values = {"name": self.names[pk], "role": self.roles.get(pk, "")}
            text = _("Perhaps the same as %(name)s, which is known here")
            if values["role"]:
                text = _("Perhaps the same as %(name)s (%(role)s)")
            yield Check(DOUBT, text % values, url=reverse("wagtailsnippets_members_organisation:inspect", args=(pk,)))


def similar_organisations(row: Application) -> list[Organisation]:
    """Return organisations that share a web domain or a name with the application, in any spelling."""
    return list(Organisation.objects.filter(pk__in=_OrganisationIndex([row]).similar_to(row)).order_by("name"))


def _stored_keys(row: Application) -> Iterable[str]:
    """The keys under which the organisations are stored that share one of `organisation_keys`."""
    for name in filter(None, map(str.strip, (row.name, row.acronym, *row.other_names.splitlines()))):
        yield from (f"sorted:{sort_key(name)}", f"same:{organisation_key(name, '', '')}")
    for domain in (web_domain(row.website), *map(owned_domain, (row.email, row.representative_email))):
        yield f"domain:{domain}"


def _similar_applications(rows: Sequence[Application]) -> dict[int, list[Application]]:
    """The others with a name, domain or address of these, the newest first, by the primary key of each."""
    by_number = applications_by_number(rows)
    found = {row.pk: {pk for number in numbers_of(row) for pk in by_number.get(number, ())} - {row.pk} for row in rows}
    newest = {pk: sorted(others, reverse=True)[:MAX_SIMILAR] for pk, others in found.items()}
    shown = Application.objects.only("name", "state", "ended_at", "decline_reason")
    named = shown.in_bulk({other for others in newest.values() for other in others})
    return {pk: [named[other] for other in others if other in named] for pk, others in newest.items()}


def _application_check(other: Application) -> Check:
    values: dict[str, Any] = {"name": other.title, "state": other.get_state_display()}
    url = reverse("applications:inspect", args=(other.pk,))
    if other.ended_at is None:
        return Check(DOUBT, _("Another application: %(name)s (%(state)s)") % values, url)
    values["day"] = date_format(site_date(other.ended_at), "j F Y")
    text = _("Applied before: %(name)s (%(state)s on %(day)s)") % values
    return Check(DOUBT, f"{text}: {other.get_decline_reason_display()}" if other.decline_reason else text, url)
