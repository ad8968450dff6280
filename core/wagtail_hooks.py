"""What the plumbing adds to the admin."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

from .viewsets import Mails


@hooks.register("register_admin_viewset")
def mails() -> Mails:
    return Mails("outgoingmail", url_prefix="mail")


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("core.send_again", _("Send again"), _("Sent a failed mail again"))
