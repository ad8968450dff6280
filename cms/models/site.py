"""Settings of the site: name and contact, menus, announcement banner."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField

from cms.blocks.links import LinkBlock, MenuItemBlock, SocialLinkBlock
from core.mail.model_fields import EmailAddressField


@register_setting(icon="home", order=100)
class SiteIdentity(BaseSiteSetting):
    """The coalition's name and contact details, shown in header, footer, feeds and shared links."""

    name = models.CharField(_("name"), max_length=120, default="Health Workers for All Coalition")
    short_name = models.CharField(
        _("short name"), max_length=40, default="HW4All", help_text=_("For small places: the browser tab, feeds.")
    )
    vision = models.CharField(
        _("vision"), max_length=160, blank=True, help_text=_("One line. It describes the site in search engines and feeds.")
    )
    about_line = models.TextField(_("about us, in the footer"), max_length=400, blank=True, help_text=_("Two or three sentences."))
    contact_email = EmailAddressField(_("public e-mail address"), blank=True, help_text=_("Shown in the footer and on the contact page."))
    postal_address = models.TextField(
        _("postal address"), max_length=300, blank=True, help_text=_("One line each, as on an envelope. Shown in the footer.")
    )
    social_links = StreamField(
        [("link", SocialLinkBlock())], verbose_name=_("social media"), blank=True, help_text=_("Our own accounts. Shown in the footer.")
    )

    panels = (
        MultiFieldPanel([FieldPanel("name"), FieldPanel("short_name"), FieldPanel("vision"), FieldPanel("about_line")], _("Who we are")),
        MultiFieldPanel([FieldPanel("contact_email"), FieldPanel("postal_address")], _("How to reach us")),
        FieldPanel("social_links"),
    )

    class Meta:
        verbose_name = _("Name, contact and footer")


@register_setting(icon="list-ul", order=110)
class Navigation(BaseSiteSetting):
    """The menus. Entries whose page is not published are left out."""

    main_menu = StreamField(
        [("item", MenuItemBlock())],
        verbose_name=_("main menu"),
        blank=True,
        max_num=6,
        help_text=_("At the top of every page. Five or six entries are as many as a reader takes in."),
    )
    actions = StreamField(
        [("link", LinkBlock())],
        verbose_name=_("buttons"),
        blank=True,
        max_num=2,
        help_text=_("One or two things we most want a visitor to do. Shown beside the main menu."),
    )
    footer_menu = StreamField(
        [("link", LinkBlock())], verbose_name=_("footer menu"), blank=True, max_num=12, help_text=_("At the foot of every page.")
    )

    panels = (FieldPanel("main_menu"), FieldPanel("actions"), FieldPanel("footer_menu"))

    class Meta:
        verbose_name = _("Menus")


@register_setting(icon="warning", order=120)
class Announcement(BaseSiteSetting):
    """A banner on every page, optionally with start and end."""

    class Level(models.TextChoices):
        INFO = "info", _("For information")
        IMPORTANT = "important", _("Important")
        URGENT = "urgent", _("Urgent")

    text = models.CharField(_("text"), max_length=200, blank=True, help_text=_("One sentence. Empty: no banner."))
    link_label = models.CharField(_("words of the link"), max_length=60, blank=True, help_text=_("For example “Read the statement”."))
    link_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page it leads to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("One of our own pages. Empty: no link, or the address below."),
    )
    link_url = models.URLField(
        _("or an address elsewhere"), blank=True, help_text=_("Starting with https://. Used only when no page is chosen.")
    )
    level = models.CharField(_("weight"), max_length=10, choices=Level, default=Level.INFO, help_text=_("How strongly it is coloured."))
    starts_at = models.DateTimeField(_("shown from"), null=True, blank=True, help_text=_("Empty: at once."))
    ends_at = models.DateTimeField(_("shown until"), null=True, blank=True, help_text=_("Empty: until you remove the text."))

    panels = (
        FieldPanel("text"),
        MultiFieldPanel([FieldPanel("link_label"), FieldPanel("link_page"), FieldPanel("link_url")], _("Link")),
        FieldPanel("level"),
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")], _("When")),
    )

    class Meta:
        verbose_name = _("Announcement banner")

    def clean(self) -> None:
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The banner ends before it starts. Choose a later time.")})
        if (self.link_page or self.link_url) and not self.link_label:
            raise ValidationError({"link_label": _("Say in a few words where the link leads.")})

    def is_shown(self, now: datetime) -> bool:
        """Whether the banner is shown at that time."""
        return bool(self.text) and (not self.starts_at or self.starts_at <= now) and (not self.ends_at or now < self.ends_at)
