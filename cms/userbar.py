"""Wagtail's accessibility checks in the preview and in the user bar."""

from typing import Any

from wagtail.admin.userbar import ContentCheckerItem


class SiteContentChecker(ContentCheckerItem):
    """Checks the content written by editors, not the design around it, also for missing alternative text and table headings."""

    axe_include = ("main",)
    axe_run_only = (*ContentCheckerItem.axe_run_only, "image-alt", "td-headers-attr", "list", "link-in-text-block")


def replace_checker(items: list[Any]) -> None:
    """Replace Wagtail's checker, if there is one, by ours."""
    for position, item in enumerate(items):
        if isinstance(item, ContentCheckerItem):
            items[position] = SiteContentChecker(in_editor=item.in_editor)
