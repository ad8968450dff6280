"""The page cache in real processes over one database: what one of them publishes or takes away, the others show or forget."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from wagtail.models import PageViewRestriction

from pages.models import ContentPage
from tests.support.concurrency import at_once
from tests.support.news import make_post, publish
from tests.support.sites import Database, Site, sites, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.begins_first]

Start = Callable[[str], Site]


@pytest.fixture
def running(transactional_db: None, tmp_path: Path) -> Iterator[tuple[Database, Start]]:
    with sites(tmp_path) as started:
        yield started


def goals() -> ContentPage:
    return ContentPage.objects.get(slug="goals")


def started(start: Start, *hosts: str) -> list[Site]:
    """A process on each host, all begun before the first is waited for."""
    found = [start(host) for host in hosts]
    for site in found:
        site.wait()
    return found


def test_what_is_published_shows_everywhere_and_a_stampede_renders_it_once(running: tuple[Database, Start]) -> None:
    _database, start = running
    everywhere = started(start, "a", "a", "b")
    for site in everywhere:
        assert "As published" not in site.ask("/goals/").text
    page = goals()
    page.title = "As published"
    publish(page)
    for site in everywhere:
        until(lambda site=site: "As published" in site.ask("/goals/").text)
    first, second, _other_host = everywhere
    # A new page, and one that everybody knows and that has just changed, asked of both processes of a host.
    make_post("Round the world", slug="round-the-world")
    for path, title in (("/news/round-the-world/", "Round the world"), ("/goals/", "As published")):
        until(lambda: not _is_behind(first) and not _is_behind(second))
        before = first.rendered(path)
        answers = at_once(16, lambda number, path=path: (first, second)[number % 2].ask(path))
        assert all(title in answer.text for answer in answers)
        assert first.rendered(path) - before <= 1


def _is_behind(site: Site) -> bool:
    return "Round the world" not in site.ask("/news/").text


def unpublish() -> None:
    goals().unpublish()


def restrict() -> None:
    PageViewRestriction.objects.create(page=goals(), restriction_type=PageViewRestriction.LOGIN)


def delete() -> None:
    goals().delete()


@pytest.mark.parametrize("take_away", [unpublish, restrict, delete])
def test_what_is_taken_away_is_gone_and_stays_gone(running: tuple[Database, Start], take_away: Callable[[], None]) -> None:
    database, start = running
    sites_ = started(start, "a", "b")
    for site in sites_:
        assert site.ask("/goals/").status == site.ask("/why/").status == 200
    take_away()
    for site in sites_:
        until(lambda site=site: site.ask("/goals/").status != 200)
        assert site.ask("/why/").status == 200
    with database.gone():
        fresh = start("a")
        fresh.wait()
        for site in (*sites_, fresh):
            until(lambda site=site: site.ask("/why/").is_last_good)
            assert site.ask("/why/").status == 200
            assert site.ask("/goals/").status != 200
            assert site.ask("/search/?q=never-asked").status in (500, 503)
    for site in (*sites_, fresh):
        until(lambda site=site: site.ask("/why/").status == 200 and not site.ask("/why/").is_last_good)
        assert site.ask("/goals/").status != 200


def test_a_database_that_hangs_holds_readers_up_once(running: tuple[Database, Start]) -> None:
    database, start = running
    [site] = started(start, "a")
    assert site.ask("/why/").status == 200
    with database.hanging():
        until(lambda: site.ask("/why/").is_last_good, 60)
        begun = time.monotonic()
        answers = [site.ask("/why/") for _ in range(20)]
        assert all(answer.is_last_good for answer in answers)
        assert time.monotonic() - begun < 20 * 1.0  # each would wait 1.5 s
    until(lambda: not site.ask("/why/").is_last_good, 90)
