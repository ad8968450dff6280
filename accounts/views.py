"""The user's own account page in the admin: name, emails, language and theme."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.views import account
from wagtail.users.models import UserProfile

from .forms import NameForm, NotificationsForm

# Users with one of these permissions are emailed about open work (`cms.emails`).
NOTIFIED_PERMISSIONS = (
    "endorsements.view_endorsement",
    "members.view_application",
    "members.change_ballot",
    "members.change_profilechange",
)


class NamePanel(account.BaseSettingsPanel):
    name = "name"
    title = _("Name")
    order = 100
    form_class = NameForm


class NotificationsPanel(account.BaseSettingsPanel):
    name = "notify"
    title = _("What waits for you")
    tab = account.notifications_tab
    order = 50
    form_class = NotificationsForm

    def is_active(self) -> bool:
        return any(map(self.user.has_perm, NOTIFIED_PERMISSIONS))


class AccountView(account.AccountView):
    """Wagtail's account page with our name field, and without a profile picture, which would be an unchecked upload."""

    def get_panels(self) -> list[account.BaseSettingsPanel]:
        panel_classes = (
            NamePanel,
            NotificationsPanel,
            account.NotificationsSettingsPanel,
            account.LocaleSettingsPanel,
            account.ThemeSettingsPanel,
        )
        profile = UserProfile.get_for_user(self.request.user)
        panels = [panel_class(self.request, self.request.user, profile) for panel_class in panel_classes]
        return [panel for panel in panels if panel.is_active()]
