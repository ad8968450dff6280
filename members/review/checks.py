"""What is known about applications besides what they say, for whoever decides: is it somebody we know, has it applied before?

Gathered for many at once: the number of queries is the same for one and for fifty. A coalition knows hundreds of organisations and
applications, not thousands: all are looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.dates import site_today
from core.mail.addresses import canonical_address, mail_domain
from members.identity.keys import is_free_mail, organisation_key, same_domain, sort_key, web_domain
from members.models import Application, Organisation
from members.states import Category, State

GOOD, PLAIN, DOUBT = "good", "plain", "doubt"
MOST_OTHERS = 5


@dataclass(frozen=True)
class Sign:
    """One thing that speaks for it (`good`), against it (`doubt`) or for neither; `url` is where more stands."""

    tone: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Evidence:
    """`signs` are all of them; `same` those of an organisation or application that may be the same."""

    signs: list[Sign]
    same: list[Sign]


def evidence_of(rows: Sequence[Application]) -> dict[int, Evidence]:
    """By the rows' keys."""
    if not rows:
        return {}
    known, others = _Known(), list(_others())
    found = {}
    for row in rows:
        same = [] if row.state == State.ACCEPTED else list(known.signs(row))
        same += _of_others(row, others)
        signs = [*_of_address(row), *same, *_of_funding(row)]
        found[row.pk] = Evidence(sorted(signs, key=lambda sign: (GOOD, DOUBT, PLAIN).index(sign.tone)), same)
    return found


def owned_domain(address: str) -> str:
    """The host of a mail address that belongs to somebody; empty for free mail and for none."""
    return "" if is_free_mail(address) else mail_domain(address)


# What it says itself


def _of_address(row: Application) -> Iterable[Sign]:
    address = row.representative_email or row.email
    if not address:
        return
    mail, site = mail_domain(address), web_domain(row.website)
    if same_domain(address, row.website):
        yield Sign(GOOD, _("Mail address at its own website: %(domain)s") % {"domain": mail})
    elif is_free_mail(address):
        yield Sign(DOUBT, _("Free mail address: %(domain)s") % {"domain": mail})
    elif site:
        yield Sign(DOUBT, _("Mail address at %(mail)s, website at %(site)s") % {"mail": mail, "site": site})
    if not site:
        yield Sign(PLAIN, _("No website of its own to compare with"))


def _of_funding(row: Application) -> Iterable[Sign]:
    if row.for_profit_funding:
        yield Sign(DOUBT, _("Has funding from for-profit health business; it explains that below"))


# Organisations of the coalition


class _Known:
    """The coalition's organisations by their names in every writing, their sites and their entries' keys."""

    def __init__(self) -> None:
        today = site_today()
        self.roles: dict[int, str] = {}
        for category in (Category.OBSERVER, Category.MEMBER):
            self.roles |= dict.fromkeys(Organisation.objects.with_role(category, today).values_list("pk", flat=True), str(category.label))
        self.names: dict[int, str] = {}
        self.writings: dict[str, set[int]] = {}
        for one in Organisation.objects.only("name", "acronym", "aliases", "more_domains", "country", "website"):
            self.names[one.pk] = one.name
            for key in _writings([one.name, one.acronym, *one.other_names], [one.website, *one.domains], str(one.country or "")):
                self.writings.setdefault(key, set()).add(one.pk)

    def like(self, row: Application) -> list[int]:
        found: set[int] = set()
        for key in _writings_of(row):
            found |= self.writings.get(key, set())
        return sorted(found)[:MOST_OTHERS]

    def signs(self, row: Application) -> Iterable[Sign]:
        for pk in self.like(row):
            told = {"name": self.names[pk], "role": self.roles.get(pk, "")}
            words = _("Perhaps the same as %(name)s (%(role)s)") if told["role"] else _("Perhaps the same as %(name)s, which is known here")
            yield Sign(DOUBT, words % told, url=reverse("wagtailsnippets_members_organisation:inspect", args=(pk,)))


def organisations_like(row: Application) -> list[Organisation]:
    """Those that share a site or a name with it, in one writing or another: one of them may be the same."""
    return list(Organisation.objects.filter(pk__in=_Known().like(row)).order_by("name"))


def _writings(names: Iterable[str], websites: Iterable[str], country: str) -> set[str]:
    """What two entries of one organisation share: a site, a name wherever it is."""
    keys = {f"site:{domain}" for domain in map(web_domain, websites) if domain}
    for name in filter(None, map(str.strip, names)):
        keys |= {f"name:{sort_key(name)}", organisation_key(name, country, "")}
    return keys - {"name:"}


def _writings_of(row: Application) -> set[str]:
    keys = _writings([row.name, row.acronym, *row.other_names.splitlines()], [row.website], str(row.country or ""))
    address = row.representative_email or row.email
    domain = owned_domain(address) if address else ""
    return keys | ({f"site:{domain}"} if domain else set())


# Applications before and beside it


def _others() -> Iterable[tuple[Application, set[str], str]]:
    names = ("name", "acronym", "other_names", "country", "website", "email", "representative_email", "address_key", "state", "ended_at")
    rows = Application.objects.submitted().filter(anonymised_at__isnull=True).only(*names, "decline_reason", "submitted_at")
    for row in rows.order_by("-pk"):
        yield row, _writings_of(row), row.address_key or canonical_address(row.email)


def _of_others(row: Application, others: list[tuple[Application, set[str], str]]) -> list[Sign]:
    mine, address = _writings_of(row), row.address_key or canonical_address(row.email)
    found = [other for other, keys, key in others if other.pk != row.pk and (mine & keys or (address and key == address))]
    return [_of_other(other) for other in found[:MOST_OTHERS]]


def _of_other(other: Application) -> Sign:
    told: dict[str, Any] = {"name": other.title, "state": other.get_state_display()}
    url = reverse("applications:inspect", args=(other.pk,))
    if other.ended_at is None:
        return Sign(DOUBT, _("Another application: %(name)s (%(state)s)") % told, url)
    told["day"] = date_format(timezone.localtime(other.ended_at), "j F Y")
    words = _("Applied before: %(name)s (%(state)s on %(day)s)") % told
    return Sign(DOUBT, f"{words}: {other.get_decline_reason_display()}" if other.decline_reason else words, url)
