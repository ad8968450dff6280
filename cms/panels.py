"""Parts of the editor that Wagtail does not have."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import ObjectList, Panel, PublishingPanel, TabbedInterface

from .content_checks import problems_of


class ChecksPanel(Panel):
    """Says what the saved draft still lacks. It is drawn anew at each save (templates/wagtailadmin/pages/edit_partials.html)."""

    def __init__(self, **kwargs: Any):
        super().__init__(**{"heading": _("Before you publish"), "icon": "tasks", **kwargs})

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/admin/checks_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            return {**super().get_context_data(parent_context), "problems": problems_of(self.instance)}


class SchedulePanel(PublishingPanel):
    """Wagtail's two times, with words on what they do."""

    WORDS = {
        "go_live_at": (_("Publish at"), _("The page goes public by itself then, within a minute. Empty: when you press Publish.")),
        "expire_at": (_("Unpublish at"), _("The page leaves the public site by itself then. Empty: it stays.")),
    }

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        for child in self.children:
            child.heading, child.help_text = self.WORDS[child.field_name]


def page_editor(page_class: type) -> TabbedInterface:
    """The editing form of a kind of page: the checks and its content, search and sharing, settings."""
    tabs = [
        ObjectList([ChecksPanel(), *page_class.content_panels], heading=_("Content")),
        ObjectList(page_class.promote_panels, heading=_("Search and sharing")),
        ObjectList(page_class.settings_panels, heading=_("Settings")),
    ]
    return TabbedInterface(tabs, base_form_class=page_class.base_form_class).bind_to_model(page_class)
