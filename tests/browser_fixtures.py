"""What a test in a browser may ask for: a page of a real Chromium that looks at the running site and may talk to no other host."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import chromium
from tests.plugins import UNDER_CI


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs the browser is a browser test, so that nobody forgets the mark."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture
def live_site(live_server: Any, settings: Any) -> str:
    """The address of the running site with the starting content."""
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for the session."""
    from playwright.sync_api import sync_playwright

    executable = chromium.find()
    if not executable:
        (pytest.fail if UNDER_CI else pytest.skip)("no Chromium here; `./run test browser` installs one")
    # Playwright keeps an event loop in this thread; Django would take it for an async view and refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=list(chromium.FLAGS))
        yield running
        running.close()


@pytest.fixture
def new_page(browser: Any, live_site: str) -> Iterator[Callable[..., Any]]:
    """`new_page(width=360, dark=True, user=editor, script=False)`: a page of its own context at that width, signed in as that user.

    A request to another host fails the test at its end: the site promises its readers that there is none.
    """
    contexts: list[Any] = []
    outside: list[str] = []

    def note(request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in ("localhost", "127.0.0.1"):
            outside.append(request.url)

    def make(width: int = 1280, height: int = 900, *, dark: bool = False, user: Any = None, script: bool = True, **options: Any) -> Any:
        context = browser.new_context(
            base_url=live_site,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=script,
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        context.on("request", note)
        if user is not None:
            context.add_cookies([_session_cookie(user, live_site)])
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert not outside, f"the page asked other hosts: {outside}"


def _session_cookie(user: Any, address: str) -> dict[str, str]:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": address}


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A page 1280 wide, light, nobody signed in."""
    return new_page()


@pytest.fixture
def at_desk(new_page: Callable[..., Any]) -> Callable[..., Any]:
    """`at_desk(secretary)`: the first page of the admin, as that person sees it; a failing script fails the test."""

    def sit_down(user: Any, width: int = 1400) -> Any:
        page = new_page(width=width, user=user)
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        page.goto("/admin/")
        return page

    return sit_down


@pytest.fixture
def telephone(new_page: Callable[..., Any]) -> Any:
    """A small page without script, as on a phone whose link is slow."""
    return new_page(width=360, script=False)
