"""What readers see of a declaration's sign-on at a moment: whether it is open, and who signed. What happened: declarations/history.py."""

from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.core.cache import caches
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext

from cms.charts import BarChart, bar_chart
from core.web.page_cache import content_version
from endorsements.models import DeclarationPage, Delivery, Endorsement, SignOn, TextVersion
from endorsements.states import SignOnState, Source, Who
from members.identity.countries import country_name

from .counts import SECONDS, Counts, counts
from .listing import Signatory, as_signatories, initial, named

MOST_INITIAL = 60
FIRST_NAMES = 15
FIRST_PEOPLE = 6
MOST_BARS = 10


class PublicStatus:
    """A declaration as readers see it `now`. Each property reads what it needs when asked, so that a page pays for what it shows."""

    def __init__(self, page: DeclarationPage, now: datetime):
        self.page, self.now = page, now
        self.sign_on: SignOn = page.signing
        self.sign_on.declaration = page
        self.base = page.url or ""

    # Where it stands

    @property
    def is_public(self) -> bool:
        """Whether more than the text is shown: never of a draft, nor while it circulates."""
        return self.sign_on.has_public_list

    @property
    def is_open(self) -> bool:
        return self.is_public and self.sign_on.takes_endorsements(self.now)

    @property
    def opens_at(self) -> datetime | None:
        """When it opens, if that is announced and still to come."""
        moment = self.page.opens_at
        return moment if self.sign_on.state == SignOnState.DRAFT and moment and moment > self.now else None

    @property
    def closed_at(self) -> datetime | None:
        """When it closed or should have; None while it is open."""
        return None if self.is_open else self.sign_on.ends_at

    @property
    def state(self) -> str:
        """For programs: open, closed or delivered."""
        return SignOnState.CLOSED.value if self.sign_on.state == SignOnState.OPEN and not self.is_open else str(self.sign_on.state)

    @cached_property
    def deliveries(self) -> list[Delivery]:
        """The handings over in their order, without the long text of what was handed over."""
        if self.sign_on.state != SignOnState.DELIVERED:
            return []
        return list(Delivery.objects.filter(declaration_id=self.page.pk).defer("content"))

    @cached_property
    def versions(self) -> list[TextVersion]:
        """The texts that were public, the first first. One that circulated before only if a name in the list stands under it."""
        in_force = self.sign_on.version
        if in_force and (in_force.number, in_force.correction) == (1, 0):
            return [in_force]
        every = list(TextVersion.objects.filter(declaration_id=self.page.pk).defer("text"))
        ends: list[datetime | None] = [*(version.made_at for version in every[1:]), None]
        opened = self.sign_on.opened_at
        hidden = {one.pk for one, end in zip(every, ends, strict=True) if end and opened and end <= opened}
        if hidden:
            listed = Endorsement.objects.under(self.page).listed()
            hidden -= {pk for pk in hidden if listed.filter(version_id=pk).exists()}
        return [version for version in every if version.pk not in hidden]

    # Who stands behind it

    @cached_property
    def counts(self) -> Counts:
        return counts(self.page)

    @cached_property
    def names(self) -> "FirstNames":
        """Those that the page itself shows, from memory as long as the counts."""
        key = f"names:{self.page.pk}:{get_language()}:{content_version()}"
        found: FirstNames | None = caches["pages"].get(key)
        if found is None:
            found = _first_names(self.page, self.counts)
            caches["pages"].set(key, found, SECONDS)
        return found

    @property
    def noun(self) -> str:
        """What is hoped for: "organisations", "people", or "endorsements" where both are asked."""
        return noun_for(self.page.who, self.page.goal or 0)

    @property
    def share(self) -> str:
        """How much of the goal is reached, as the width of a bar. What was hoped for in vain is not told after the closing."""
        goal, total = self.page.goal, self.counts.total
        return f"{min(1, total / goal):.2%}" if goal and (self.is_open or total >= goal) else ""

    @cached_property
    def places(self) -> list[tuple[str, int]]:
        """The countries by name with their numbers, the largest first, equal ones by name."""
        return sorted(((country_name(code), number) for code, number in self.counts.by_country), key=lambda pair: (-pair[1], pair[0]))

    @property
    def chart(self) -> BarChart:
        """The largest countries."""
        return bar_chart({"label": name, "value": number, "display": grouped(number)} for name, number in self.places[:MOST_BARS])

    @property
    def other_places(self) -> dict[str, str | int]:
        """The countries that the chart leaves out, in words, and the number there; empty when it leaves out none."""
        others = self.places[MOST_BARS:]
        if not others:
            return {}
        label = ngettext("%(count)d other country", "%(count)d other countries", len(others)) % {"count": len(others)}
        return {"label": label, "number": sum(number for _name, number in others)}


class FirstNames(NamedTuple):
    """The initial signatories, who have a block of their own, and the first others of the list."""

    initial: list[Signatory]
    organisations: list[Signatory]
    people: list[Signatory]


def _first_names(page: DeclarationPage, counted: Counts) -> FirstNames:
    """At most three queries; none for what the counts say is not there."""
    of_initial = as_signatories(initial(page)[:MOST_INITIAL], page, of_initial=False) if counted.initial else []
    most = FIRST_NAMES - (FIRST_PEOPLE if counted.people else 0)
    joined = named(page).organisations().exclude(source=Source.INITIAL)[:most] if counted.organisations > counted.initial else ()
    organisations = as_signatories(joined, page)
    people = named(page).people()[: FIRST_NAMES - len(organisations)] if counted.people else ()
    return FirstNames(of_initial, organisations, as_signatories(people, page))


def public_status(page: DeclarationPage) -> PublicStatus:
    return PublicStatus(page, timezone.now())


def noun_for(who: str, number: int) -> str:
    match who:
        case Who.ORGANISATIONS:
            return ngettext("organisation", "organisations", number)
        case Who.PEOPLE:
            return ngettext("person", "people", number)
    return ngettext("endorsement", "endorsements", number)


def grouped(number: int) -> str:
    return number_format(number, force_grouping=True)
