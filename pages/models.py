"""The coalition's own pages."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField

from cms.blocks.links import LinkBlock, LinkValue
from cms.models import SitePage

from .blocks import HomeBlock, PageBodyBlock


class HomePage(SitePage):
    """The front door: the vision, two things to do, then sections in the editors' order."""

    vision = models.CharField(_("vision"), max_length=160, help_text=_("The largest line of the site. One sentence."))
    actions = StreamField(
        [("link", LinkBlock())], verbose_name=_("buttons"), blank=True, max_num=2, help_text=_("The first is the stronger one.")
    )
    picture_value = models.DecimalField(
        _("health workers per 1,000 people"),
        max_digits=7,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1000)],
        help_text=_("Draws the field of a thousand dots beside the vision. Empty: no picture."),
    )
    picture_caption = models.CharField(
        _("words under the picture"),
        max_length=240,
        blank=True,
        help_text=_("Which country, and what the dots say. It also describes the picture."),
    )
    sections = StreamField(HomeBlock(), verbose_name=_("sections"), blank=True)

    content_panels: ClassVar = [
        SitePage.content_panels[0],
        FieldPanel("vision"),
        FieldPanel("standfirst"),
        FieldPanel("actions"),
        MultiFieldPanel([FieldPanel("picture_value"), FieldPanel("picture_caption")], _("Picture")),
        FieldPanel("sections"),
    ]
    max_count = 1
    parent_page_types: ClassVar = ["wagtailcore.Page"]

    # Sections that span the window; the others are set within the page's width.
    full_width: ClassVar = ("declaration", "latest_news", "goals", "spotlight", "members")

    class Meta:
        verbose_name = _("home page")

    @property
    def schema_type(self) -> str:
        return "WebSite"

    @property
    def action_links(self) -> list[LinkValue]:
        return [block.value for block in self.actions]


class ContentPage(SitePage):
    """A page of the coalition about itself, made of blocks."""

    lead_image = models.ForeignKey(
        "cms.SiteImage",
        verbose_name=_("lead picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("At the top of the page. Many pages are better without."),
    )
    body = StreamField(PageBodyBlock(), verbose_name=_("content"), blank=True)

    content_panels: ClassVar = [*SitePage.content_panels, FieldPanel("lead_image"), FieldPanel("body")]
    parent_page_types: ClassVar = ["pages.HomePage", "pages.ContentPage"]
    subpage_types: ClassVar = ["pages.ContentPage", "pages.WorkingGroupPage"]
    page_description = _("A page of the coalition about itself, made of blocks.")

    class Meta:
        verbose_name = _("coalition page")
        verbose_name_plural = _("coalition pages")


class WorkingGroupPage(SitePage):
    """A group of members that work on a theme, or a task group for one task."""

    class Kind(models.TextChoices):
        WORKING = "working", _("Working group")
        TASK = "task", _("Task group")

    kind = models.CharField(
        _("kind"),
        max_length=8,
        choices=Kind,
        default=Kind.WORKING,
        help_text=_("A working group has a theme; a task group one task, process or opportunity."),
    )
    theme = models.CharField(_("theme"), max_length=160, help_text=_("In a few words."))
    contact_name = models.CharField(_("contact"), max_length=120, blank=True, help_text=_("A role or a person who agreed to be named."))
    contact_email = models.EmailField(
        _("public e-mail address"), blank=True, help_text=_("Readers write to it: rather a role address than a person's own.")
    )
    body = StreamField(PageBodyBlock(), verbose_name=_("content"), blank=True)

    content_panels: ClassVar = [
        *SitePage.content_panels,
        FieldRowPanel([FieldPanel("kind"), FieldPanel("theme")]),
        MultiFieldPanel([FieldRowPanel([FieldPanel("contact_name"), FieldPanel("contact_email")])], _("Contact")),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar = ["pages.ContentPage"]
    subpage_types: ClassVar = []
    page_description = _("A working group or task group with its theme and contact.")

    class Meta:
        verbose_name = _("working group")
        verbose_name_plural = _("working groups")
