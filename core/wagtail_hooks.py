"""Emails in the admin: those that were sent, and their wording."""

from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry

from core.admin import deletion_guard
from core.admin.menu import menu_item_for
from core.mail.admin.emails import Mails
from core.mail.admin.wording import EditWording, EmailTemplateIndex

for guard in (deletion_guard.before_delete_page, deletion_guard.before_delete_snippet, deletion_guard.before_bulk_action):
    hooks.register(guard.__name__, guard)


@hooks.register("register_admin_viewset")
def mails() -> Mails:
    return Mails("outgoingmail", url_prefix="mail")


@hooks.register("register_admin_urls")
def email_template_urls() -> list[URLPattern | URLResolver]:
    views = [path("", EmailTemplateIndex.as_view(), name="index"), path("<path:name>/", EditWording.as_view(), name="edit")]
    return [path("mail-texts/", include((views, "email_templates")))]


@hooks.register("register_settings_menu_item")
def email_templates_item() -> MenuItem:
    """Beside "Mail sent", for those who see that."""
    item = menu_item_for("core.view_outgoingmail")
    return item(_("Mail texts"), reverse_lazy("email_templates:index"), name="mail-texts", icon_name="mail", order=901)


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("core.send_again", _("Send again"), _("Sent a failed mail again"))
    actions.register_action("core.change_words", _("Change the words of a mail"), _("Changed the words of a mail"))
