"""Spotlights on people of member organisations."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from news.states import Kind

from .post import PostManager, PostPage


class SpotlightPage(PostPage):
    """A post of kind spotlight, with its person and their organisation."""

    person_name = models.CharField(_("person"), max_length=120, help_text=_("Whom the spotlight is on, by full name."))
    person_role = models.CharField(_("role"), max_length=160, blank=True, help_text=_("What they do there: “Programme officer”."))
    organisation = models.ForeignKey(
        "members.Organisation",
        verbose_name=_("member organisation"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="spotlights",
        help_text=_("The member of the coalition that they work for."),
    )
    country = CountryField(_("country"), blank=True, help_text=_("Where the person works, if that matters."))

    objects = PostManager()
    template = PostPage.template
    page_description = _("A post on a person of a member organisation, one of a series.")

    content_panels: ClassVar = [
        *[panel for panel in PostPage.content_panels if getattr(panel, "field_name", "") != "kind"][:3],
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("person_name"), FieldPanel("person_role")]),
                FieldRowPanel([FieldPanel("organisation"), FieldPanel("country")]),
            ],
            _("Who it is about"),
        ),
        *[panel for panel in PostPage.content_panels if getattr(panel, "field_name", "") != "kind"][3:],
    ]

    class Meta:
        verbose_name = _("spotlight")
        verbose_name_plural = _("spotlights")

    @classmethod
    def shown_rows(cls) -> list[Any]:
        return [*super().shown_rows(), "organisation"]

    def clean(self) -> None:
        self.kind = Kind.SPOTLIGHT
        super().clean()

    def extra_search_text(self) -> list[str]:
        return [*super().extra_search_text(), self.person_name, self.person_role, self.organisation.name if self.organisation else ""]
