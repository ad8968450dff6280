"""What readers see of a declaration: whether it is open, the counts, and a preview of the signatories."""

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
from endorsements.states import SignOnState, Source, WhoMayEndorse
from members.identity.countries import country_name

from .counts import CACHE_SECONDS, Counts, counts
from .listing import Signatory, as_signatories, initial_signatories, public_signatories

MAX_INITIAL = 60
MAX_NAMES = 15
MIN_PEOPLE = 6
MAX_BARS = 10


class PublicStatus:
    """A declaration as readers see it `now`. Each property runs its own queries, so that a page runs only those it needs."""

    def __init__(self, page: DeclarationPage, now: datetime):
        self.page, self.now = page, now
        self.sign_on: SignOn = page.current_sign_on
        self.sign_on.declaration = page
        self.base = page.url or ""

    # The state

    @property
    def is_public(self) -> bool:
        """Whether the signatories are shown: not of a draft, nor while it circulates."""
        return self.sign_on.has_public_list

    @property
    def is_open(self) -> bool:
        return self.is_public and self.sign_on.takes_endorsements(self.now)

    @property
    def opens_at(self) -> datetime | None:
        """When it opens, if that is set and in the future."""
        opens_at = self.page.opens_at
        return opens_at if self.sign_on.state == SignOnState.DRAFT and opens_at and opens_at > self.now else None

    @property
    def closed_at(self) -> datetime | None:
        """When it closed; None while it is open."""
        return None if self.is_open else self.sign_on.ends_at

    @property
    def state(self) -> str:
        """As in count.json: "open", "closed" or "delivered"."""
        return SignOnState.CLOSED.value if self.sign_on.state == SignOnState.OPEN and not self.is_open else str(self.sign_on.state)

    @cached_property
    def deliveries(self) -> list[Delivery]:
        """The deliveries in their order, without their content."""
        if self.sign_on.state != SignOnState.DELIVERED:
            return []
        return list(Delivery.objects.filter(declaration_id=self.page.pk).defer("content"))

    @cached_property
    def versions(self) -> list[TextVersion]:
        """The versions that were public, oldest first. A version that only circulated is included if somebody listed has signed it."""
        in_force = self.sign_on.version
        if in_force and (in_force.number, in_force.correction) == (1, 0):
            return [in_force]
        versions = list(TextVersion.objects.filter(declaration_id=self.page.pk).defer("text"))
        ends: list[datetime | None] = [*(version.made_at for version in versions[1:]), None]
        opened = self.sign_on.opened_at
        hidden = {one.pk for one, end in zip(versions, ends, strict=True) if end and opened and end <= opened}
        if hidden:
            listed = Endorsement.objects.for_declaration(self.page).listed()
            hidden -= {pk for pk in hidden if listed.filter(version_id=pk).exists()}
        return [version for version in versions if version.pk not in hidden]

    # The signatories

    @cached_property
    def counts(self) -> Counts:
        return counts(self.page)

    @cached_property
    def preview(self) -> "NamePreview":
        """The names on the page of the declaration, cached as long as the counts that they stand beside."""
        key = f"names:{self.page.pk}:{get_language()}:{self.sign_on.list_edition}:{content_version()}:{self.counts.as_of.timestamp()}"
        found: NamePreview | None = caches["pages"].get(key)
        if found is None:
            found = _name_preview(self.page, self.counts)
            caches["pages"].set(key, found, CACHE_SECONDS)
        return found

    @property
    def noun(self) -> str:
        """What the goal counts: "organisations", "people", or "endorsements" for both."""
        return noun_for(self.page.who, self.page.goal or 0)

    @property
    def progress(self) -> str:
        """The reached share of the goal, as the width of a bar; '' without a goal, or once it is closed and the goal was missed."""
        goal, total = self.page.goal, self.counts.total
        return f"{min(1, total / goal):.2%}" if goal and (self.is_open or total >= goal) else ""

    @cached_property
    def countries(self) -> list[tuple[str, int]]:
        """The names of the countries with their numbers, the largest first, equal ones by name."""
        return sorted(((country_name(code), number) for code, number in self.counts.by_country), key=lambda pair: (-pair[1], pair[0]))

    @property
    def chart(self) -> BarChart:
        """The countries with the largest numbers."""
        return bar_chart({"label": name, "value": number, "display": grouped(number)} for name, number in self.countries[:MAX_BARS])

    @property
    def other_countries(self) -> dict[str, str | int]:
        """The label and the number of the countries that the chart leaves out; empty if there are none."""
        others = self.countries[MAX_BARS:]
        if not others:
            return {}
        label = ngettext("%(count)d other country", "%(count)d other countries", len(others)) % {"count": len(others)}
        return {"label": label, "number": sum(number for _name, number in others)}


class NamePreview(NamedTuple):
    """The initial signatories, who have a block of their own, and the first others in the list."""

    initial: list[Signatory]
    organisations: list[Signatory]
    people: list[Signatory]


def _name_preview(page: DeclarationPage, counted: Counts) -> NamePreview:
    """Read it with at most three queries: none for groups that are empty by the counts."""
    initial = as_signatories(initial_signatories(page)[:MAX_INITIAL], page, mark_initial=False) if counted.initial else []
    most = MAX_NAMES - (MIN_PEOPLE if counted.people else 0)
    joined = (
        public_signatories(page).organisations().exclude(source=Source.INITIAL)[:most] if counted.organisations > counted.initial else ()
    )
    organisations = as_signatories(joined, page)
    people = public_signatories(page).people()[: MAX_NAMES - len(organisations)] if counted.people else ()
    return NamePreview(initial, organisations, as_signatories(people, page))


def public_status(page: DeclarationPage) -> PublicStatus:
    return PublicStatus(page, timezone.now())


def noun_for(who: str, number: int) -> str:
    match who:
        case WhoMayEndorse.ORGANISATIONS:
            return ngettext("organisation", "organisations", number)
        case WhoMayEndorse.PEOPLE:
            return ngettext("person", "people", number)
    return ngettext("endorsement", "endorsements", number)


def grouped(number: int) -> str:
    return number_format(number, force_grouping=True)
