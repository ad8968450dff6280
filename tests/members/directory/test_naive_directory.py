"""The directory and its growth by SQL, compared with what reading every organisation and membership would say."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cms.faceted_list import UnknownFilterError
from core.web.page_cache import content_changed
from members.directory.growth import growth
from members.directory.listing import DirectoryList
from members.identity.countries import region_of
from members.identity.keys import sort_key
from members.models import Membership, Organisation, Seat, Theme
from members.models.derived import directory_text
from members.states import MembershipStatus, Role
from tests.support.members import make_organisation, make_silent

TODAY = date(2026, 6, 1)
COUNTRIES = ("", "KE", "UG", "CH", "AQ")
FILTERS = {
    "role": [*Role.values, ""],
    "region": ["africa", "europe", "worldwide", ""],
    "country": ["KE", "UG", "CH", ""],
    "kind": ["union", "faith", ""],
    "theme": ["pay", "care", ""],
    "q": ["nurses", "of", "lira", "uga", ""],
}


def naive_directory(today: date) -> list[dict[str, Any]]:
    """What the directory has of each organisation, in its order, one by one."""
    found = []
    for row in Organisation.objects.prefetch_related("memberships", "seats", "themes"):
        status = MembershipStatus
        hidden = (status.ENDED, status.UPCOMING, status.DORMANT)
        own = [one for one in row.memberships.all() if one.year_on(today).status not in hidden]
        if not own:
            continue
        seated = any((not seat.since or seat.since <= today) and (not seat.until or seat.until >= today) for seat in row.seats.all())
        roles = {one.category for one in own} | ({"founding"} if any(one.founding for one in own) else set())
        country = str(row.country or "")
        found.append(
            {
                "name": row.name,
                "role": roles | ({"steering"} if seated else set()),
                "region": {region_of(country) if country else "worldwide"} - {""},
                "country": {country} - {""},
                "kind": {row.kind} - {""},
                "theme": {theme.slug for theme in row.themes.all()},
                "q": f" {directory_text(row)}",
            }
        )
    return sorted(found, key=lambda one: sort_key(one["name"]))


def test_any_filters_find_and_count_what_reading_all_would(home: Any) -> None:
    chance, today = random.Random(11), timezone.localdate()
    themes = [Theme.objects.create(name=name.title(), slug=name) for name in ("pay", "care")]
    names = [f"{chance.choice(('Nurses', 'The Midwives', 'Élan', 'Ärzte', '健康'))} of Lira {number}" for number in range(60)]
    rows = [
        Organisation(
            name=name, slug=f"one-{number}", country=chance.choice(("", "KE", "UG", "CH", "AQ")), kind=chance.choice(("", "union"))
        )
        for number, name in enumerate(names)
    ]
    Organisation.objects.bulk_create(rows)
    for row in rows:
        row.themes.set(chance.sample(themes, chance.randrange(3)))
        row.save()
        day = timedelta(days=1)
        terms = [(None, None), (today - 9 * day, None), (None, today - day), (today + day, None)]
        for _number in range(chance.randrange(1, 3)):
            since, until = chance.choice(terms)
            category, founding = chance.choice(("member", "observer")), chance.random() < 0.2
            Membership.objects.create(organisation=row, since=since, until=until, category=category, founding=founding)
        if chance.random() < 0.2:
            since, until = chance.choice(terms)
            Seat.objects.create(organisation=row, since=since, until=until)
    make_silent(rows[0])
    Organisation.objects.filter(pk=rows[1].pk).update(name="Aaa, written in bulk")
    content_changed()
    everybody = naive_directory(today)
    for _number in range(60):
        query = {name: chance.choice([*values, ""]) for name, values in FILTERS.items()}

        def fits(one: dict[str, Any], without: str = "", query: dict[str, str] = query) -> bool:
            word = f" {query['q']}" if len(query["q"]) <= 3 else query["q"]
            return word.rstrip() in one["q"] and all(
                not query[name] or name in ("q", without) or query[name] in one[name] for name in query
            )

        try:
            listing = DirectoryList(query)
        except UnknownFilterError:
            raise AssertionError(query) from None
        expected = [one for one in everybody if fits(one)]
        assert listing.total == len(expected), query
        assert [card.organisation.name for card in listing.page.object_list] == [one["name"] for one in expected[:24]], query
        for facet in listing.facets:
            counted = Counter(value for one in everybody if fits(one, facet.name) for value in one[facet.name])
            labels = listing.names[facet.name]
            told = sorted((choice.label, choice.count) for choice in facet.choices)
            assert told == sorted((labels.get(value, value), number) for value, number in counted.items()), (query, facet.name)


@pytest.fixture
def alone(home: Any) -> None:
    """A coalition of nobody yet."""
    Seat.objects.all().delete()
    Membership.objects.all().delete()


def naive_growth(on: date) -> tuple[list[tuple[int, int]], int]:
    """The growth, from every membership and its status."""
    spans: dict[int, list[tuple[date, date]]] = {}
    unknown: set[int] = set()
    for row in Membership.objects.all():
        year = row.year_on(on)
        if year.status == MembershipStatus.UPCOMING:
            continue
        last = row.until or date.max
        if year.status == MembershipStatus.DORMANT and year.hidden_on:
            last = min(last, year.hidden_on - timedelta(days=1))
        if row.since is None:
            unknown |= {row.organisation_id} if last >= on else set()
        else:
            spans.setdefault(row.organisation_id, []).append((row.since, last))
    first = min((since for own in spans.values() for since, _last in own), default=on).year
    ends = [(year, min(date(year, 12, 31), on)) for year in range(first, on.year + 1)] if spans else []
    years = [(year, sum(any(since <= day <= last for since, last in own) for own in spans.values())) for year, day in ends]
    dated = {pk for pk, own in spans.items() if any(since <= on <= last for since, last in own)}
    return [*years[:-1], *((on.year, len(dated | unknown)) for _year in years[-1:])], len(unknown - dated)


def add_memberships(organisation: Organisation, *rows: dict[str, Any]) -> None:
    Membership.objects.bulk_create(Membership(organisation=organisation, **{"recorded_on": date(2024, 1, 1)} | row) for row in rows)


def test_growth_counts_known_dates_and_tells_the_unknown(alone: Any) -> None:
    one, two, three, four, five, six, seven = (make_organisation(f"Org {number}", category="") for number in range(7))
    confirmed = {"confirmed_on": TODAY}
    asked = {"confirmed_on": date(2023, 1, 1), "asked_on": date(2024, 1, 1), "asked_about": date(2023, 1, 1)}
    add_memberships(one, {"since": date(2023, 5, 1), **confirmed})
    add_memberships(two, {"since": date(2023, 12, 31), "until": date(2025, 6, 1), **confirmed})
    add_memberships(three, {**confirmed}, {"until": date(2020, 1, 1)})
    add_memberships(four, {"since": date(2024, 1, 1), "until": date(2024, 6, 1)}, {"since": date(2024, 6, 2), **confirmed})
    add_memberships(five, {"since": date(2023, 1, 1), **asked})  # dormant since the spring of 2024
    add_memberships(six, {"since": date(2027, 1, 1)})
    add_memberships(seven, {"since": date(2023, 2, 1), "until": date(2025, 12, 1), **asked})  # silent, and then it left
    found = growth(TODAY)
    assert found.years == [(2023, 4), (2024, 4), (2025, 2), (2026, 3)]
    assert found.unknown == 1
    recorded = [column.number for column in found.columns if not column.is_reported]
    assert recorded == [4, 4, 2, 3]
    assert (found.years, found.unknown) == naive_growth(TODAY)


def test_growth_of_any_memberships_is_that_of_each_status(alone: Any) -> None:
    chance = random.Random(3)

    def day(*, from_year: int = 2015, to_year: int = 2027) -> date | None:
        return chance.choice((None, date(chance.randrange(from_year, to_year), chance.randrange(1, 13), chance.randrange(1, 29))))

    for number in range(80):
        row = make_organisation(f"Org {number}", category="")
        for _number in range(chance.randrange(1, 4)):
            since, until, confirmed_on, asked_on = day(), day(from_year=2018), day(), day(from_year=2020)
            if since and until and until < since:
                since, until = until, since
            recorded = date(2014, 1, 1)
            about = chance.choice((confirmed_on or recorded, None))
            dates = {"confirmed_on": confirmed_on, "asked_on": asked_on, "asked_about": about, "recorded_on": recorded}
            add_memberships(row, {"since": since, "until": until, **dates})
    for on in (TODAY, date(2019, 12, 31), date(2014, 6, 1)):
        found = growth(on)
        assert (found.years, found.unknown) == naive_growth(on), on
    add_memberships(Organisation.objects.latest("pk"), {"since": date(202, 1, 1)})
    content_changed()
    found = growth(TODAY)
    assert (len(found.years), found.unknown) == (2026 - 201, naive_growth(TODAY)[1])
