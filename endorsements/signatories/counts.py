"""How many endorse a declaration: counted from the rows and cached, never stored, so never more than 15 seconds old.

A process counts once in `CACHE_SECONDS`; a page that shows a count is rendered again when the count is as old. What is cached is small,
however many rows there are: a number for each country, a date for each milestone.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.core.cache import caches
from django.db.models import Count, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.web.page_cache import content_version, page_changes_at
from endorsements.models import DeclarationPage, Endorsement, SignOn
from endorsements.states import Kind, Source
from members.directory.coverage import coverage_column

# A second less than 15: others get the page before while one is rendered.
CACHE_SECONDS = 14
MILESTONES = (10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)


@dataclass(frozen=True)
class Counts:
    """The number of listed endorsements of a declaration at the time `as_of`.

    `groups` has one number for each combination of kind, whether the name is shown, and country ('' for none). `milestones` are the
    numbers reached and when. `initial` counts the initial signatories, `samples` made-up ones that show how the page looks.
    """

    groups: tuple[tuple[str, bool, str, int], ...]
    milestones: tuple[tuple[int, datetime], ...]
    initial: int
    samples: int
    as_of: datetime

    @property
    def renew_at(self) -> datetime:
        return self.as_of + timedelta(seconds=CACHE_SECONDS)

    def _sum(self, kind: str = "", shown: bool | None = None, country: str | None = None) -> int:
        return sum(
            number
            for of_kind, is_shown, place, number in self.groups
            if kind in ("", of_kind) and shown in (None, is_shown) and country in (None, place)
        )

    @cached_property
    def total(self) -> int:
        return self._sum()

    @cached_property
    def organisations(self) -> int:
        return self._sum(Kind.ORGANISATION)

    @cached_property
    def people(self) -> int:
        return self._sum(Kind.PERSON)

    @cached_property
    def named(self) -> int:
        return self._sum(shown=True)

    def unnamed(self, country: str | None = None) -> int:
        """How many people are counted and not named, in all or in one country."""
        return self._sum(shown=False, country=country)

    @cached_property
    def by_country(self) -> list[tuple[str, int]]:
        """The code and the number of each country."""
        numbers: Counter[str] = Counter()
        for _of_kind, _is_shown, country, number in self.groups:
            numbers[country] += number
        return [(code, number) for code, number in numbers.items() if code]

    @property
    def countries(self) -> int:
        return len(self.by_country)


def counts(page: DeclarationPage) -> Counts:
    """The counts, cached for `CACHE_SECONDS`; counting takes two queries."""
    key = f"counts:{page.pk}:{page.current_sign_on.list_edition}:{content_version()}"
    found: Counts | None = caches["pages"].get(key)
    # The cache counts its seconds from the end of the counting.
    if found is None or timezone.now() >= found.renew_at:
        found = fresh_counts(page)
        caches["pages"].set(key, found, CACHE_SECONDS)
    page_changes_at(found.renew_at)
    return found


def group_counts(page: DeclarationPage) -> tuple[tuple[str, bool, str, int], ...]:
    """The `groups` of the counts as of now, not cached."""
    listed = Endorsement.objects.for_declaration(page).listed().order_by()
    return tuple(listed.values_list("kind", "show_name", "country").annotate(Count("pk")))


def fresh_counts(page: DeclarationPage) -> Counts:
    """The counts as of now, not cached."""
    listed, now, groups = Endorsement.objects.for_declaration(page).listed().order_by(), timezone.now(), group_counts(page)
    reached = [number for number in MILESTONES if number <= sum(of_group for *_group, of_group in groups)]
    # One query, with a subquery for each milestone: the time of the hundredth is at position 100 of the index.
    moments = [Subquery(listed.order_by("listed_at").values("listed_at")[number - 1 : number]) for number in reached]
    of_source = listed.values("source").annotate(number=Count("pk")).values("number")
    numbers = [Subquery(of_source.filter(source=source)) for source in (Source.INITIAL, Source.SAMPLE)]
    row = SignOn.objects.filter(declaration_id=page.pk).values_list(*numbers, *moments).first() or (0, 0)
    milestones = tuple((number, moment) for number, moment in zip(reached, row[2:], strict=False) if moment)
    return Counts(groups, milestones, row[0] or 0, row[1] or 0, now)


@coverage_column("endorsers", _("Endorsers"))
def countries_of_organisations() -> list[str]:
    """The country of each organisation that has endorsed any declaration, once for each organisation; '' for none."""
    rows = Endorsement.objects.listed().organisations().exclude(source=Source.SAMPLE)
    return [country for country, _key in rows.order_by().values_list("country", "key").distinct()]
