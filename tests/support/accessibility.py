"""What axe finds on a page that is open, by the criteria of WCAG 2.2 AA and its own best practice."""

from typing import Any

NARROWEST = 320  # WCAG 1.4.10: no scrolling in two directions at 320 CSS pixels
# Asked for nothing but violations, axe describes no element that passes, and takes half the time. It need not fetch our style sheets anew.
ONLY_VIOLATIONS = {"resultTypes": ["violations"], "preload": False}
CRITERIA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WCAG_22_AA = {"runOnly": {"type": "tag", "values": CRITERIA}, **ONLY_VIOLATIONS}
AND_BEST_PRACTICE = {"runOnly": {"type": "tag", "values": [*CRITERIA, "best-practice"]}, **ONLY_VIOLATIONS}
# What a width or a look can change.
SEEN = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size"]}, **ONLY_VIOLATIONS}


def violations(page: Any, rules: dict[str, Any] = AND_BEST_PRACTICE, *, within: Any = None) -> dict[str, list[str]]:
    """By rule, the first elements that break it, once the page is whole; what folds open is looked at too."""
    from axe_playwright_python.sync_playwright import Axe  # only where there is a browser

    page.wait_for_load_state()
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.removeAttribute('name'); each.open = true })")
    found = Axe().run(page, context=within, options=rules).response["violations"]
    return {violation["id"]: [node["html"][:160] for node in violation["nodes"]][:3] for violation in found}


def problems(page: Any) -> dict[str, list[str]]:
    """The same, and whether the page scrolls sideways."""
    found = violations(page)
    if page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]:
        found["scrolls sideways"] = []
    return found
