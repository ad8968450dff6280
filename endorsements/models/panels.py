"""The editing form of a declaration: the panels of every post, and the sign-on."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, Panel

from news.states import Kind


class SignOnPanel(Panel):
    """The state of the sign-on, the address of its form, and buttons to change it."""

    def __init__(self, **kwargs: Any):
        super().__init__(**{"heading": _("Where it stands"), "icon": "clipboard-list", **kwargs})

    class BoundPanel(Panel.BoundPanel):
        template_name = "endorsements/declarations/admin/panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            return {**super().get_context_data(parent_context), "page": self.instance, "request": self.request}


def _without_other_kinds(panels: Iterable[Any]) -> Iterator[Any]:
    """Drop the choice of kind, and the panels that only other kinds of post need."""
    for panel in panels:
        kinds = getattr(panel, "attrs", {}).get("data-post-kinds", "").split()
        if getattr(panel, "field_name", "") == "kind" or (kinds and Kind.DECLARATION not in kinds):
            continue
        yield MultiFieldPanel(panel.children, panel.heading) if kinds else panel


def declaration_panels(post_panels: list[Any]) -> list[Any]:
    """The panels of a post, with the sign-on after the text."""
    panels = list(_without_other_kinds(post_panels))
    after_text = next(index for index, panel in enumerate(panels) if getattr(panel, "field_name", "") == "body") + 1
    sign_on = MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at"), FieldPanel("grace_days")]),
            FieldPanel("who"),
            FieldPanel("organisation_rule"),
            FieldPanel("person_rule"),
            FieldPanel("asks_members"),
            FieldPanel("goal"),
            FieldPanel("ask"),
            FieldPanel("name_wording"),
            FieldPanel("news_wording"),
            FieldPanel("privacy_note"),
        ],
        _("Sign-on"),
        help_text=_("Times are those of your own time zone, which is under Account; readers see the site’s."),
    )
    initial = InlinePanel("initial_signatories", label=_("initial signatory"), heading=_("Initial signatories"))
    return [SignOnPanel(), *panels[:after_text], sign_on, initial, *panels[after_text:]]
