"""The site in a real Chromium: accessible, unbroken at every width, in light and dark, without script, by keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.accessibility import AND_BEST_PRACTICE, NARROWEST, SEEN, violations
from tests.support.public_pages import ERRORS, FORMS, KINDS

# Everything is asked at the two extremes; what a width or a look can change once more between them, each kind of page in another of these.
EXTREMES = [(360, "light", AND_BEST_PRACTICE), (1280, "dark", AND_BEST_PRACTICE)]
BETWEEN = [(360, "dark", SEEN), (768, "dark", SEEN), (768, "light", SEEN), (1280, "light", SEEN)]
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_on_any_kind_of_page(page: Any, part: int) -> None:
    found = {}
    addresses = [*KINDS.values(), *FORMS.values(), *(address for address, _status in ERRORS.values())]
    for number, address in enumerate(addresses[part::PARTS]):
        page.goto(address)
        for width, look, rules in (*EXTREMES, BETWEEN[number % len(BETWEEN)]):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=look)
            found |= {f"{address}, {width} px, {look}: {rule}": nodes for rule, nodes in violations(page, rules).items()}
    assert found == {}


def test_a_visit_to_every_kind_of_page_leaves_no_trace_no_error_and_no_sideways_scrolling(new_page: Callable[..., Any]) -> None:
    page, said = new_page(width=NARROWEST, height=640), []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}") if message.type in ("error", "warning") else None)
    page.on("response", lambda response: said.append(f"{response.status} {response.url}") if response.status >= 400 else None)
    for address in [*KINDS.values(), *FORMS.values()]:
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth") > NARROWEST:
            said.append(f"{address} scrolls sideways")
    assert said == []
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_the_menu_opens_and_closes_on_a_phone_without_script(new_page: Callable[..., Any]) -> None:
    page = new_page(width=360, script=False)
    page.goto("/")
    news = page.get_by_role("navigation", name="Main").get_by_role("link", name="News", exact=True)
    news.wait_for(state="hidden")
    page.get_by_role("button", name="Menu").click()
    news.wait_for()
    page.get_by_role("button", name="Close").click()
    news.wait_for(state="hidden")
    page.get_by_role("button", name="Menu").click()
    news.click()
    page.wait_for_url("**/news/")


def test_filters_work_without_script(new_page: Callable[..., Any]) -> None:
    page = new_page(width=360, script=False)
    page.goto("/news/")
    page.locator(".facets summary", has_text="Kind").click()
    page.locator(".facets").get_by_role("link", name="Opinion").click()
    page.locator(".facets summary", has_text="Year").click()
    page.locator(".facets").get_by_role("link", name="2019").click()
    assert page.get_by_role("status").inner_text() == "4 posts"
    page.get_by_role("link", name="Remove the filter Kind").click()
    page.wait_for_url("**/news/2019/")


def test_the_first_tab_offers_to_skip_to_the_content(page: Any) -> None:
    page.goto("/why/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.wait_for_url("**#content")


def test_sub_menus_open_by_keyboard(page: Any) -> None:
    page.goto("/")
    groups = page.locator("#menu a", has_text="Working groups")
    groups.wait_for(state="hidden")
    page.locator("#menu").get_by_role("link", name="Our work").focus()
    groups.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Working groups"


def test_a_recording_loads_nothing_until_it_is_asked_for(new_page: Callable[..., Any]) -> None:
    page = new_page()
    page.goto(KINDS["briefing"], wait_until="networkidle")
    assert page.locator("iframe").count() == 0
    embed = page.locator("a.poster").get_attribute("data-embed")
    assert embed.startswith("https://player.vimeo.com/video/")
    page.route("https://player.vimeo.com/**", lambda route: route.fulfill(body="<title>player</title>", content_type="text/html"))
    framed = page.evaluate(
        "() => { const seen = []; new MutationObserver(all => all.forEach(one => one.addedNodes.forEach(node => seen.push(node.src))))"
        ".observe(document.querySelector('.recording'), {childList: true});"
        "HTMLIFrameElement.prototype.focus = () => {};"
        "const poster = document.querySelector('a.poster'); poster.dataset.embed = location.origin + '/healthz'; poster.click();"
        "return document.querySelector('.recording iframe')?.src }"
    )
    assert framed.endswith("/healthz")


def test_without_script_a_recording_is_a_plain_link(new_page: Callable[..., Any]) -> None:
    page = new_page(script=False)
    page.goto(KINDS["briefing"])
    assert page.locator("a.poster").get_attribute("href").startswith("https://")


def test_end_notes_lead_there_and_back(page: Any) -> None:
    page.goto(KINDS["opinion"])
    page.locator("a[role=doc-noteref]").first.click()
    page.wait_for_url("**#note-1")
    page.locator("#note-1 a[role=doc-backlink]").click()
    page.wait_for_url("**#noteref-1")


def test_a_statement_prints_as_a_document(page: Any) -> None:
    page.goto(KINDS["statement"])
    page.emulate_media(media="print")
    for hidden in (".menu", ".banner", ".related", ".share", ".crumbs"):
        page.locator(hidden).first.wait_for(state="hidden")
    page.locator("h1").wait_for()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")
