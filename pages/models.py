"""The coalition's own pages."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable

from cms.blocks.links import LinkBlock, LinkValue
from cms.models import SitePage
from core.mail.model_fields import EmailAddressField
from members.directory.counts import listed_among
from members.models import Organisation

from .blocks import HomeBlock, PageBodyBlock


class HomePage(SitePage):
    """The home page: the vision, up to two buttons, then sections in any order."""

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

    # Sections as wide as the window.
    full_width: ClassVar = ("declaration", "latest_news", "goals", "spotlight", "members")

    # Sections that show more than the public content: how many have endorsed.
    live_sections: ClassVar = ("declaration",)

    class Meta:
        verbose_name = _("home page")

    @property
    def schema_type(self) -> str:
        return "WebSite"

    @property
    def section_kinds(self) -> list[str]:
        """The types of the sections in their order. Reads no section."""
        return [raw["type"] for raw in self.sections.raw_data]

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
    """A working group on a theme, or a task group for one task."""

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
    contact_email = EmailAddressField(
        _("public e-mail address"), blank=True, help_text=_("Readers write to it: rather a role address than a person's own.")
    )
    body = StreamField(PageBodyBlock(), verbose_name=_("content"), blank=True)

    content_panels: ClassVar = [
        *SitePage.content_panels,
        FieldRowPanel([FieldPanel("kind"), FieldPanel("theme")]),
        InlinePanel("conveners", label=_("convening member"), heading=_("Convened by")),
        MultiFieldPanel([FieldRowPanel([FieldPanel("contact_name"), FieldPanel("contact_email")])], _("Contact")),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar = ["pages.ContentPage"]
    subpage_types: ClassVar = []

    @property
    def listed(self) -> frozenset[int]:
        """Those convening organisations that have a page."""
        return listed_among(organisation.pk for organisation in self.convening_organisations())

    def convening_organisations(self) -> list[Organisation]:
        """The members that convene it, in order."""
        return [entry.organisation for entry in self.conveners.all() if entry.organisation_id]

    @classmethod
    def shown_rows(cls) -> list[Any]:
        return [*super().shown_rows(), "conveners__organisation"]

    page_description = _("A working group or task group with its theme and contact.")

    class Meta:
        verbose_name = _("working group")
        verbose_name_plural = _("working groups")


class Convener(Orderable):
    """A member that convenes a working group, which is shown on its page in the directory."""

    group = ParentalKey(WorkingGroupPage, on_delete=models.CASCADE, related_name="conveners")
    organisation = models.ForeignKey(
        "members.Organisation",
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="convenes",
        help_text=_("One of the coalition’s own, from the list under Coalition."),
    )

    panels: ClassVar = [FieldPanel("organisation")]

    class Meta(Orderable.Meta):
        verbose_name = _("convening member")
        verbose_name_plural = _("convening members")
        constraints = (models.UniqueConstraint(fields=("group", "organisation"), name="convener_once_a_group"),)

    def __str__(self) -> str:
        return str(self.organisation)
