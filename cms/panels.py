"""Panels of the page editor."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import ObjectList, Panel, PublishingPanel, TabbedInterface

from .content_checks import find_problems


class ChecksPanel(Panel):
    """Shows the problems of the saved draft. It is updated at each save (templates/wagtailadmin/pages/edit_partials.html)."""

    def __init__(self, **kwargs: Any):
        super().__init__(**{"heading": _("Before you publish"), "icon": "tasks", **kwargs})

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/admin/checks_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            return {**super().get_context_data(parent_context), "problems": find_problems(self.instance)}


class SchedulePanel(PublishingPanel):
    """Wagtail's panel for scheduled publishing, with clearer labels."""

    LABELS = {
        "go_live_at": (_("Publish at"), _("The page goes public by itself then, within a minute. Empty: when you press Publish.")),
        "expire_at": (_("Unpublish at"), _("The page leaves the public site by itself then. Empty: it stays.")),
    }

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        for child in self.children:
            child.heading, child.help_text = self.LABELS[child.field_name]


def page_editor(page_class: type) -> TabbedInterface:
    """The editor of a page model, with tabs for content, search and sharing, and settings."""
    tabs = [
        ObjectList([ChecksPanel(), *page_class.content_panels], heading=_("Content")),
        ObjectList(page_class.promote_panels, heading=_("Search and sharing")),
        ObjectList(page_class.settings_panels, heading=_("Settings")),
    ]
    return TabbedInterface(tabs, base_form_class=page_class.base_form_class).bind_to_model(page_class)
