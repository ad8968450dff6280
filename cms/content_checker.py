"""What Wagtail's checker looks at in the preview beside the editor and in the bar over a page."""

from typing import Any

from wagtail.admin.userbar import ContentCheckerItem


class ContentChecker(ContentCheckerItem):
    """Looks at what editors write, not at the design around it, and also at pictures without words and tables without heads."""

    axe_include = ("main",)
    axe_run_only = (*ContentCheckerItem.axe_run_only, "image-alt", "td-headers-attr", "list", "link-in-text-block")


def replace_checker(items: list[Any], kind: type[ContentCheckerItem]) -> None:
    """Put ours in the place of Wagtail's, which there may be none of."""
    for position, item in enumerate(items):
        if isinstance(item, ContentCheckerItem):
            items[position] = kind(in_editor=item.in_editor)
