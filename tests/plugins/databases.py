"""Each test process works on a copy of one prepared database, and each test says whether it needs both databases.

A test that touches the database runs on SQLite and on PostgreSQL, unless it or its file is marked `one_database`: for what is made of
templates, forms and rights, which are the same on both, and for what sends the database only such statements as other tests send it
there, to look at a rule of ours. What commits or races runs on both, whatever the mark says.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.template_database import Copies, copies

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "_django_db_helper"}


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("nomigrations", default=False):
        raise pytest.UsageError("Wagtail's root page is made by a migration: there is no --nomigrations here.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if needs_both(item):
            item.add_marker("both_databases")


def needs_both(item: pytest.Item) -> bool:
    fixtures, asked = set(getattr(item, "fixturenames", ())), item.get_closest_marker("django_db")
    commits = (asked and asked.kwargs.get("transaction")) or ("transactional_db" in fixtures and "empty_site" not in fixtures)
    if item.get_closest_marker("one_database"):
        return bool(commits)
    return bool(asked or fixtures & DATABASE_FIXTURES)


@pytest.fixture(scope="session")
def database_copy(request: pytest.FixtureRequest, django_test_environment: None) -> Iterator[Copies]:
    from django.conf import settings

    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    copy = copies(settings, worker)
    settings.MEDIA_ROOT = copy.media
    yield copy
    copy.remove()


@pytest.fixture(scope="session")
def django_db_setup(database_copy: Copies, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: a copy of the template, and what a test committed is put back where Django would flush."""
    from django.test import TransactionTestCase

    def put_back(_test: TransactionTestCase) -> None:
        database_copy.restore()

    flush = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = put_back
    with django_db_blocker.unblock():
        database_copy.connect()
    yield
    TransactionTestCase._fixture_teardown = flush


@pytest.fixture(scope="session")
def give_content(django_db_setup: None, database_copy: Copies) -> Callable[[Path], None]:
    """`give_content(var)` spares a site that a test starts in `var` the loading of the starting content."""
    return database_copy.give


@pytest.fixture
def empty_site(transactional_db: None, database_copy: Copies, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables and roles and Wagtail's welcome page, no content; everything is put back afterwards.

    What is published there gets no picture sizes and no share card: they take most of a loading's time and have tests of their own.
    """
    for name in ("prepare_share_picture", "prepare_pictures"):
        monkeypatch.setattr(f"cms.signals.{name}", lambda _page: None)
    database_copy.restore("tables")
