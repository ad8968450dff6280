"""Emails in the admin: those that were sent, and their wording."""

from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry

from core.admin.menu import menu_item_for
from core.mail.admin.emails import Mails
from core.mail.admin.wording import MailTexts, WordsOfMail


@hooks.register("register_admin_viewset")
def mails() -> Mails:
    return Mails("outgoingmail", url_prefix="mail")


@hooks.register("register_admin_urls")
def mail_texts_addresses() -> list[URLPattern | URLResolver]:
    views = [path("", MailTexts.as_view(), name="index"), path("<path:name>/", WordsOfMail.as_view(), name="letter")]
    return [path("mail-texts/", include((views, "letters")))]


@hooks.register("register_settings_menu_item")
def mail_texts_item() -> MenuItem:
    """Beside "Mail sent", for those who see that."""
    item = menu_item_for("core.view_outgoingmail")
    return item(_("Mail texts"), reverse_lazy("letters:index"), name="mail-texts", icon_name="mail", order=901)


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("core.send_again", _("Send again"), _("Sent a failed mail again"))
    actions.register_action("core.change_words", _("Change the words of a mail"), _("Changed the words of a mail"))
