"""How many endorse a declaration: counted from the rows, never stored beside them, and so never wrong for longer than a minute.

A process counts once in `SECONDS`; a page is cached for `core.web.page_cache.CACHE_SECONDS`. Together they stay below 60 seconds.
However many rows there are, what is kept is small: a number for each country, a date for each milestone.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.core.cache import caches
from django.db.models import Count, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.web.page_cache import content_version
from endorsements.models import DeclarationPage, Endorsement, SignOn
from endorsements.states import Kind, Source
from members.directory.coverage import counts_too

SECONDS = 25
MILESTONES = (10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)


@dataclass(frozen=True)
class Counts:
    """The listed endorsements of a declaration at the moment `as_of`.

    `groups` has a number for each kind, whether the name is shown, and country ('' for none); `milestones` are the numbers reached and
    when; `initial` counts the initial signatories, `samples` what was made up to show how the page looks.
    """

    groups: tuple[tuple[str, bool, str, int], ...]
    milestones: tuple[tuple[int, datetime], ...]
    initial: int
    samples: int
    as_of: datetime

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
        """People who are counted and not named, all or those of a country."""
        return self._sum(shown=False, country=country)

    @cached_property
    def by_country(self) -> list[tuple[str, int]]:
        """Each country's code and number. Without those who named none."""
        numbers: Counter[str] = Counter()
        for _of_kind, _is_shown, country, number in self.groups:
            numbers[country] += number
        return [(code, number) for code, number in numbers.items() if code]

    @property
    def countries(self) -> int:
        return len(self.by_country)


def counts(page: DeclarationPage) -> Counts:
    """The counts, from memory for `SECONDS`; counting takes two queries."""
    key = f"counts:{page.pk}:{content_version()}"
    found: Counts | None = caches["pages"].get(key)
    if found is None:
        found = fresh_counts(page)
        caches["pages"].set(key, found, SECONDS)
    return found


def fresh_counts(page: DeclarationPage) -> Counts:
    """The counts of this moment, from the rows."""
    listed, now = Endorsement.objects.under(page).listed().order_by(), timezone.now()
    groups = tuple(listed.values_list("kind", "show_name", "country").annotate(Count("pk")))
    reached = [number for number in MILESTONES if number <= sum(of_group for *_group, of_group in groups)]
    # One row, with a subquery for each milestone: the moment of the hundredth stands at the hundredth place of the index.
    moments = [Subquery(listed.order_by("listed_at").values("listed_at")[number - 1 : number]) for number in reached]
    of_source = listed.values("source").annotate(number=Count("pk")).values("number")
    numbers = [Subquery(of_source.filter(source=source)) for source in (Source.INITIAL, Source.SAMPLE)]
    row = SignOn.objects.filter(declaration_id=page.pk).values_list(*numbers, *moments).first() or (0, 0)
    milestones = tuple((number, moment) for number, moment in zip(reached, row[2:], strict=False) if moment)
    return Counts(groups, milestones, row[0] or 0, row[1] or 0, now)


@counts_too("endorsers", _("Endorsers"))
def countries_of_organisations() -> list[str]:
    """The country of each organisation that is listed under any declaration, once however many it endorses; '' for none."""
    rows = Endorsement.objects.listed().organisations().exclude(source=Source.SAMPLE)
    return [country for country, _key in rows.order_by().values_list("country", "key").distinct()]
