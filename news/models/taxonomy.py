"""Authors, topics and series of posts."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, TitleFieldPanel
from wagtail.fields import RichTextField
from wagtail.search import index


def _name_panel() -> TitleFieldPanel:
    """The name, which fills in the slug while it is typed."""
    return TitleFieldPanel("name", targets=["slug"], placeholder=False, classname="")


class Author(index.Indexed, models.Model):
    """An author of posts: a person, an organisation or the secretariat. Has a public page."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")
        SECRETARIAT = "secretariat", _("Secretariat")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=80, unique=True, help_text=_("The last part of the author page's address."))
    kind = models.CharField(
        _("kind"), max_length=12, choices=Kind, default=Kind.PERSON, help_text=_("Search engines are told who wrote: somebody, or a body.")
    )
    role = models.CharField(_("role"), max_length=160, blank=True, help_text=_("For example “Senior policy adviser”."))
    organisation = models.ForeignKey(
        "members.Organisation",
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="authors",
        help_text=_("One of the coalition's own, from the list under Coalition."),
    )
    organisation_name = models.CharField(
        _("or another organisation"), max_length=160, blank=True, help_text=_("When it is not one of the coalition's.")
    )
    portrait = models.ForeignKey(
        "cms.SiteImage",
        verbose_name=_("portrait"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Only with the person's consent. Shown small and round, so a face in the middle."),
    )
    bio = RichTextField(
        _("about"), blank=True, features=["bold", "italic", "link"], help_text=_("Two or three sentences, shown on the author's page.")
    )

    panels: ClassVar = [
        _name_panel(),
        FieldRowPanel([FieldPanel("slug"), FieldPanel("kind")]),
        FieldPanel("role"),
        FieldRowPanel([FieldPanel("organisation"), FieldPanel("organisation_name")]),
        FieldPanel("portrait"),
        FieldPanel("bio"),
    ]
    search_fields: ClassVar = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def affiliation(self) -> str:
        return self.organisation.name if self.organisation else self.organisation_name


class NamedGroup(index.Indexed, models.Model):
    """The base of topics and series."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True, help_text=_("How it appears in addresses."))
    description = models.TextField(
        _("description"), max_length=400, blank=True, help_text=_("One or two sentences, for readers who come for it.")
    )

    panels: ClassVar = [_name_panel(), FieldPanel("slug"), FieldPanel("description")]
    search_fields: ClassVar = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Topic(NamedGroup):
    """A subject of posts."""

    class Meta(NamedGroup.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


class Series(NamedGroup):
    """Posts that belong together, in order."""

    class Meta(NamedGroup.Meta):
        verbose_name = _("series")
        verbose_name_plural = _("series")
