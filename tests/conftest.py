"""What every test may ask for.

Tests run over the starting content in a transaction that is rolled back; a test that must commit (`django_db(transaction=True)`,
`live_site`) finds the same content and leaves it as found, because the database is put back afterwards (tests/template_database.py).
A test of an empty site asks for `empty_site`. A test with `page` or `new_page` is a browser test (tests/browser_fixtures.py) and gets no
other host to talk to.
"""

import gc
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches

from core.web.staticfiles import flatten_and_minify
from tests.support.public_pages import KINDS
from tests.template_database import ROOT, Copies, copies

pytest_plugins = ("tests.browser_fixtures",)

PASSWORD = "correct horse battery staple"
UNDER_CI = os.environ.get("CI", "").lower() in ("1", "true")
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "_django_db_helper"}
# What these look at is made of templates and forms and is the same on every database; not so what happens at the same moment.
SAME_ON_EVERY_DATABASE = {
    "test_admin_help",
    "test_admin_home",
    "test_admin_previews",
    "test_apply",
    "test_apply_links",
    "test_ballot_desk",
    "test_content_checks",
    "test_declaration_admin",
    "test_declaration_files",
    "test_declaration_page",
    "test_delivery",
    "test_demo",
    "test_endorse_form",
    "test_errors",
    "test_feeds",
    "test_head",
    "test_html",
    "test_letters",
    "test_mail_texts",
    "test_membership_desk",
    "test_no_contact_is_public",
    "test_not_me",
    "test_organisation_desk",
    "test_outbox_admin",
    "test_page_cache",
    "test_page_weight",
    "test_publishing",
    "test_query_budget",
    "test_redirects",
    "test_roles",
    "test_self_service_pages",
    "test_shared_picture",
    "test_sign_in",
    "test_sitemap",
    "test_uploads",
    "test_vote_pages",
}
# What takes longest begins first, so that no process waits for it at the end.
LONGEST = {"test_declaration_life", "test_membership_life", "test_run", "test_production"}

# Files whose tests share something that takes long to make: one process runs all of such a file.
TOGETHER = {"tests/journeys/test_production.py", "tests/journeys/test_upgrade.py"}

# Tests leave much behind that is no rubbish yet: looking through it at every 700 new objects takes a twentieth of the time.
gc.set_threshold(20_000)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """xdist's `load`, but for the files above. (Its own `loadgroup` sees no group since pytest 9.2 made node ids immutable.)"""
    from xdist.scheduler import LoadScopeScheduling

    class ByFileWhereItPays(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file in TOGETHER else nodeid

    return ByFileWhereItPays(config, log)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("nomigrations", default=False):
        raise pytest.UsageError("Wagtail's root page is made by a migration: there is no --nomigrations here.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by what a test uses, so that nobody forgets: what touches the database runs on PostgreSQL too, but for a few named files.

    Of those files, what commits runs there too: several at once, or a process of its own.
    """
    items.sort(key=lambda item: item.path.stem not in LONGEST)
    for item in items:
        fixtures, asked = set(getattr(item, "fixturenames", ())), item.get_closest_marker("django_db")
        commits = (asked and asked.kwargs.get("transaction")) or ("transactional_db" in fixtures and "empty_site" not in fixtures)
        if commits or (item.path.stem not in SAME_ON_EVERY_DATABASE and (fixtures & DATABASE_FIXTURES or asked)):
            item.add_marker("database")


try:
    from hypothesis import settings as hypothesis_settings
    from hypothesis.configuration import set_hypothesis_home_dir

    set_hypothesis_home_dir(ROOT / "var" / "cache" / "hypothesis")
    hypothesis_settings.register_profile("house", deadline=None, derandomize=UNDER_CI)
    hypothesis_settings.load_profile("house")
except ImportError:
    pass


# The database


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
    """In place of pytest-django's: a copy of the template, and templates put back where Django would flush."""
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


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    """No test sees a page, a site or a counter that another one left in memory."""
    yield
    for cache in caches.all(initialized_only=True):
        cache.clear()


# The content and the people


@pytest.fixture
def home(db: None) -> Any:
    """The home page of the starting content."""
    from pages.models import HomePage

    return HomePage.objects.get()


@pytest.fixture
def site_pages(home: Any) -> list[Any]:
    """Every public page of the starting content, the home page first."""
    from wagtail.models import Page

    return [page.specific for page in Page.objects.live().public().descendant_of(home, inclusive=True).order_by("path")]


@pytest.fixture(scope="session")
def _answers() -> dict[str, Any]:
    return {}


@pytest.fixture
def answer(client: Any, home: Any, _answers: dict[str, Any]) -> Callable[[str], Any]:
    """`answer("goals")`: the response to that kind of public page (tests/support/public_pages.py), with the starting content as it is.

    Asked for once in a process, as many tests look at the same page for different things. Not for a test that changes content.
    """

    def get(kind: str) -> Any:
        if kind not in _answers:
            _answers[kind] = client.get(KINDS[kind])
            assert _answers[kind].status_code == 200
        return _answers[kind]

    return get


@pytest.fixture
def make_user(db: None, django_user_model: Any) -> Callable[..., Any]:
    """`make_user("Editor")` makes a user with that role who signs in with `PASSWORD`; without a role, one without rights."""
    from django.contrib.auth.models import Group

    def make(role: str = "", **fields: Any) -> Any:
        name = fields.pop("name", role or "Nobody")
        email = fields.pop("email", f"{name.lower().replace(' ', '.')}@example.org")
        user = django_user_model.objects.create_user(email, PASSWORD, name=name, **fields)
        if role:
            user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.fixture
def secretary(make_user: Callable[..., Any]) -> Any:
    return make_user("Secretariat", name="Test Secretary")


@pytest.fixture
def editor(make_user: Callable[..., Any]) -> Any:
    return make_user("Editor", name="Test Editor")


@pytest.fixture
def committee_member(make_user: Callable[..., Any]) -> Any:
    return make_user("Steering committee", name="Test Committee")


@pytest.fixture
def signed_in(db: None) -> Callable[[Any], Any]:
    """`signed_in(editor)` is a test client with that user's session."""
    from django.test import Client

    def sign_in(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def desk(secretary: Any, signed_in: Callable[[Any], Any]) -> Any:
    """A test client in which the secretary is signed in."""
    return signed_in(secretary)


# The project as somebody else gets it


@pytest.fixture(scope="session")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a clone would hold, in a folder whose name is as awkward as people's are. Tests that change it copy it again."""
    target = tmp_path_factory.mktemp("clone") / "The coalition's site+50% #1"
    for name in project_files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    return target


def project_files() -> list[str]:
    """The files of the project: those in version control and those about to be, as paths from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode == 0:
        return sorted(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())
    skipped = {".git", ".venv", "var", "__pycache__"}
    files = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return sorted(str(path) for path in files if not skipped & set(path.parts))


def free_port() -> int:
    """A port of the loopback address that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def stylesheet() -> bytes:
    """The site's style as it goes over the wire."""
    static = ROOT / "static"
    return flatten_and_minify("css/site.css", lambda name: (static / name).read_text()).encode()
