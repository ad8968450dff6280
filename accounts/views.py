"""One's own account in the admin: the name, what mails one gets, and how Wagtail looks."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import (
    AccountView,
    BaseSettingsPanel,
    LocaleSettingsPanel,
    NotificationsSettingsPanel,
    ThemeSettingsPanel,
    notifications_tab,
)
from wagtail.users.models import UserProfile

from .forms import OwnMailsForm, OwnNameForm

# Who decides on something that is told by mail (`cms.emails`).
DECIDING = ("endorsements.view_endorsement", "members.view_application", "members.change_ballot", "members.change_profilechange")


class NamePanel(BaseSettingsPanel):
    name = "own_name"
    title = _("Name")
    order = 100
    form_class = OwnNameForm


class WhatWaitsPanel(BaseSettingsPanel):
    name = "what_waits"
    title = _("What waits for you")
    tab = notifications_tab
    order = 50
    form_class = OwnMailsForm

    def is_active(self) -> bool:
        return any(map(self.user.has_perm, DECIDING))


class OwnAccountView(AccountView):
    """Wagtail's account page with our name, and without the profile picture: its upload would be a picture nobody checks."""

    def get_panels(self) -> list[BaseSettingsPanel]:
        kinds = (NamePanel, WhatWaitsPanel, NotificationsSettingsPanel, LocaleSettingsPanel, ThemeSettingsPanel)
        profile = UserProfile.get_for_user(self.request.user)
        panels = [kind(self.request, self.request.user, profile) for kind in kinds]
        return [panel for panel in panels if panel.is_active()]
