"""What every test may ask for.

Tests run over the starting content in a transaction that is rolled back; a test that must commit (`django_db(transaction=True)`,
`live_site`) finds the same content and leaves it as found, because the database is put back afterwards (tests/template_database.py).
A test of an empty site asks for `empty_site`. A test with `page` or `new_page` is a browser test (tests/browser_fixtures.py) and gets no
other host to talk to.
"""

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches

from core.web.staticfiles import flatten_and_minify
from tests.support.public_pages import KINDS
from tests.template_database import ROOT

pytest_plugins = ("tests.browser_fixtures", "tests.plugins.databases", "tests.plugins.examples", "tests.plugins.scheduling")

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    """No test sees a page, a site or a counter that another one left in memory, nor a file that another one had made."""
    yield
    shutil.rmtree(settings.MADE_FILES_DIR, ignore_errors=True)
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture(autouse=True)
def _closed_answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files that a test asked for and did not read to the end are closed, as a server closes them.

    Otherwise the warning about an open file appears in whichever test the garbage collector happens to run in.
    """
    from django.test import Client

    streamed, request = [], Client.request

    def remember(client: Client, **values: Any) -> Any:
        answer = request(client, **values)
        if answer.streaming:
            streamed.append(answer)
        return answer

    monkeypatch.setattr(Client, "request", remember)
    yield
    for answer in streamed:  # not `close()`, which would close the database connections as well
        for close in answer._resource_closers:
            close()


# The content and the people


@pytest.fixture
def home(db: None) -> Any:
    """The home page of the starting content."""
    from pages.models import HomePage

    return HomePage.objects.get()


@pytest.fixture
def reader(home: Any, settings: Any, tmp_path: Path) -> Any:
    """A client that asks through the page cache, which is empty at first."""
    from tests.support.reader import Reader

    settings.PAGE_COPIES = tmp_path / "pages"
    return Reader()


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
def secretary_client(secretary: Any, signed_in: Callable[[Any], Any]) -> Any:
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
