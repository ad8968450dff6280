"""The panels of a post's editor. Groups with kinds are shown for those only (static/admin/post-kind.js)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel

from .states import Kind


def for_kinds(kinds: list[Kind], panels: list[Any], heading: Any) -> MultiFieldPanel:
    """A group of fields for these kinds of post. Without JavaScript it is shown for all."""
    return MultiFieldPanel(panels, heading, attrs={"data-post-kinds": " ".join(kinds)})


def post_panels(opening: list[Any]) -> list[Any]:
    """The panels of a post; `opening` has those of title and standfirst."""
    title, standfirst = opening[0], opening[-1]
    return [
        FieldPanel("kind"),
        title,
        FieldPanel("subtitle"),
        standfirst,
        FieldRowPanel([FieldPanel("date"), FieldPanel("date_inferred")]),
        MultiFieldPanel(
            [InlinePanel("authors", label=_("author")), FieldPanel("byline")],
            _("Authors"),
            help_text=_("In the order to be shown. No author and no byline: none is shown."),
        ),
        FieldPanel("lead_image"),
        for_kinds([Kind.STATEMENT, Kind.OPEN_LETTER, Kind.DECLARATION], [FieldPanel("addressed_to")], _("Recipients")),
        for_kinds(
            [Kind.EVENT_REPORT, Kind.BRIEFING],
            [
                FieldRowPanel([FieldPanel("event_name"), FieldPanel("event_place")]),
                FieldRowPanel([FieldPanel("event_start"), FieldPanel("event_end")]),
            ],
            _("Event"),
        ),
        FieldPanel("body"),
        for_kinds([Kind.OPEN_LETTER], [FieldPanel("signatory_count"), FieldPanel("signatories")], _("Signatories")),
        FieldPanel("notes"),
        MultiFieldPanel(
            [FieldPanel("topics"), FieldRowPanel([FieldPanel("series"), FieldPanel("part")])],
            _("Topics and series"),
        ),
        InlinePanel("related", label=_("related post"), heading=_("Related posts"), max_num=3),
    ]
