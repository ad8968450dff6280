"""Blocks for links, menu entries and social media accounts."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from .page_choice import PageChoiceBlock


class LinkValue(blocks.StructValue):
    """The value of a link. `href` is its URL, or '' if its page is deleted or unpublished."""

    @property
    def href(self) -> str:
        page = self.get("page")
        if page:
            return (page.url or "") if page.live else ""
        return self.get("url") or ""


class LinkBlock(blocks.StructBlock):
    """A label and its target, a page or a URL."""

    label = blocks.CharBlock(label=_("Words of the link"), max_length=80, help_text=_("Say where it leads, not “click here”."))
    page = PageChoiceBlock(label=_("Page of this site"), required=False, help_text=_("The link follows the page when it moves."))
    url = blocks.CharBlock(
        label=_("Or another address"), required=False, max_length=400, help_text=_("Starting with https://, mailto: or / for this site.")
    )

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        url = value.get("url") or ""
        if not self.is_deferred_validation and not value.get("page") and not url:
            raise StructBlockValidationError({"page": ValidationError(_("Choose a page or give an address."))})
        if url and not url.startswith(("https://", "http://", "mailto:", "tel:", "/", "#")):
            raise StructBlockValidationError(
                {"url": ValidationError(_("Start the address with https:// (or mailto:, or / for this site)."))}
            )
        return value

    class Meta:
        icon = "link"
        label = _("Link")
        value_class = LinkValue


class MenuItemBlock(LinkBlock):
    """An entry of the main menu, with optional entries under it."""

    children = blocks.ListBlock(LinkBlock(), label=_("Entries under it"), required=False, default=[], max_num=8)

    class Meta:
        icon = "list-ul"
        label = _("Menu entry")
        value_class = LinkValue


class SocialLinkBlock(blocks.StructBlock):
    """One of the coalition's accounts on social media."""

    label = blocks.CharBlock(label=_("Name of the service"), max_length=40, help_text=_("For example “LinkedIn”."))
    url = blocks.URLBlock(label=_("Address of our account there"), help_text=_("Starting with https://, copied from the browser."))

    class Meta:
        icon = "group"
        label = _("Account")
