"""A declaration that organisations and people can put their names under."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Orderable

from cms.models import PageWithUrls
from core.forms.model_fields import LineField
from core.mail.model_fields import WebsiteField
from endorsements.states import ORGANISATION_RULES, ListingRule, WhoMayEndorse
from news.models import PostPage
from news.models.post import PostManager
from news.states import Kind

from .panels import declaration_panels
from .sign_on import SignOn, sign_on_of

NAME_WORDING = _("Show my name, country and role in the public list. Without it I am counted and not named.")
REDIRECTED_PATHS = (
    "/endorse/",
    "/signatories/",
    "/signatories/all/",
    "/signatories.csv",
    "/signatories.json",
    "/count.json",
    "/badge.svg",
    "/snippet/",
    "/versions/",
)
NEWS_WORDING = _("Send me news of the coalition by e-mail, a few times a year. I can stop it with one click.")


class DeclarationPage(PageWithUrls, PostPage):
    """A post that organisations and people can endorse. Editors' choices are fields here; the state is in `SignOn`.

    The addresses below its own, and their views, are in endorsements/declarations/urls.py.
    """

    opens_at = models.DateTimeField(
        _("opens at"),
        null=True,
        blank=True,
        help_text=_("The sign-on opens by itself then, if the page is published or circulating. Empty: when you press “Open”."),
    )
    closes_at = models.DateTimeField(
        _("closes at"), null=True, blank=True, help_text=_("Nobody can endorse from then on. Empty: it stays open until you close it.")
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"),
        default=3,
        help_text=_("For so many days after closing, whoever endorsed in time may still press the button in the mail."),
    )
    who = models.CharField(
        _("who may endorse"), max_length=14, choices=WhoMayEndorse, default=WhoMayEndorse.BOTH, help_text=_("What the form offers.")
    )
    organisation_rule = models.CharField(
        _("organisations are"),
        max_length=6,
        choices=ORGANISATION_RULES,
        default=ListingRule.VERIFIED,
        help_text=_(
            "Always after the signatory has confirmed by email. Whatever you choose, a name like that of an organisation we know waits for "
            "you if it is confirmed from another domain."
        ),
    )
    person_rule = models.CharField(
        _("people are"),
        max_length=6,
        choices=[choice for choice in ListingRule.choices if choice[0] != ListingRule.VERIFIED],
        default=ListingRule.ALL,
        help_text=_(
            "Always after they have confirmed by email. Whatever you choose, a person who names an organisation we know waits for you if "
            "their address is not there."
        ),
    )
    asks_members = models.BooleanField(
        _("email members when it opens"),
        default=True,
        db_default=True,
        help_text=_(
            "Each member gets a link to answer, some minutes after it opens. The page on which you open it says how many they are, and you "
            "can still decide otherwise there."
        ),
    )
    goal = models.PositiveIntegerField(
        _("goal"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many endorsements you hope for, shown beside the count. Empty: none is shown."),
    )
    ask = models.TextField(
        _("what endorsing means"),
        max_length=600,
        blank=True,
        help_text=_("What an endorser agrees to, in a sentence or two. It stands above the form."),
    )
    name_wording = models.CharField(
        _("words for showing a name"),
        max_length=300,
        default=NAME_WORDING,
        help_text=_("People tick this or not. The exact words are stored with each endorsement."),
    )
    news_wording = models.CharField(
        _("words for receiving news"),
        max_length=300,
        blank=True,
        default=NEWS_WORDING,
        help_text=_("Whoever endorses ticks this or not. Empty: news is not offered."),
    )
    privacy_note = models.TextField(
        _("privacy notice"),
        max_length=1200,
        blank=True,
        help_text=_("Added to the notice at the form: for example to whom the names will be handed over."),
    )

    objects = PostManager()
    urlconf = "endorsements.declarations.urls"
    template = "endorsements/declaration_page.html"
    page_description = _("A text for organisations and people to put their names under.")
    parent_page_types: ClassVar = ["news.NewsIndexPage"]
    content_panels: ClassVar = declaration_panels(PostPage.content_panels)

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")

    @classmethod
    def for_reading(cls) -> Any:
        return super().for_reading().select_related("sign_on__version")

    def clean(self) -> None:
        self.kind = Kind.DECLARATION
        super().clean()
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("It closes before it opens.")})

    @property
    def current_sign_on(self) -> SignOn:
        """The sign-on as stored; without a query if this page was loaded `for_reading`."""
        return self.sign_on if "sign_on" in self._state.fields_cache else sign_on_of(self)

    def publishing_errors(self) -> Iterator[tuple[str, str]]:
        """What has to be done before publishing, as for every post; and why a changed text cannot be published."""
        yield from super().publishing_errors()
        if self.pk and (reason := self.reason_not_to_publish()):
            yield "body", reason

    def reason_not_to_publish(self) -> str:
        """Why a changed text has to be published as a correction or a new version; '' if the page can simply be published."""
        version = self.current_sign_on.version
        if not version or not self.current_sign_on.is_frozen or not self.current_sign_on.differs_from(self):
            return ""
        return gettext(
            "The text differs from the one that is being signed (%(version)s). Save the draft; then, under “Where it stands”, publish it "
            "as a correction or as a new version. Or take the change back."
        ) % {"version": version.label}

    def get_route_paths(self) -> list[str]:
        """The paths to redirect when the address changes, so that a copied badge, file or form keeps working."""
        versions = [f"/versions/{number}.{correction}" for number, correction in self.versions.values_list("number", "correction")]
        return ["/", *REDIRECTED_PATHS, *(f"{version}{end}" for version in versions for end in ("/", ".txt"))]

    def serve(self, request: HttpRequest, view: Any = None, args: Any = None, kwargs: Any = None) -> HttpResponseBase:
        """Redirect an alias to its declaration, so that people endorse a text in one place."""
        if self.alias_of_id and not getattr(request, "is_preview", False):
            own = self.get_url_parts(request)
            return redirect(f"{self.alias_of.get_url(request)}{request.path.removeprefix(own[2] if own else '')}")
        return super().serve(request, view, args, kwargs)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        """Preview the page itself by its first route, and the other modes as for every post."""
        if mode_name:
            return super(RoutablePageMixin, self).serve_preview(request, mode_name)
        return super().serve_preview(request, mode_name)

    @property
    def takes_organisations(self) -> bool:
        return self.who != WhoMayEndorse.PEOPLE

    @property
    def takes_people(self) -> bool:
        return self.who != WhoMayEndorse.ORGANISATIONS


class InitialSignatory(Orderable):
    """An organisation that supports the declaration from the start. It is listed as an endorsement when the sign-on opens."""

    declaration = ParentalKey(DeclarationPage, on_delete=models.CASCADE, related_name="initial_signatories")
    organisation = models.ForeignKey(
        "members.Organisation",
        verbose_name=_("organisation of the coalition"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Choose it here if the site knows it, and leave the rest empty."),
    )
    name = LineField(_("other organisation"), max_length=160, blank=True, help_text=_("Its full name."))
    country = CountryField(_("country"), blank=True, help_text=_("Where its seat is. Empty: it works everywhere."))
    website = WebsiteField(_("website"), blank=True, help_text=_("Starting with https://; it tells two of the same name apart."))

    panels: ClassVar = [FieldPanel("organisation"), FieldRowPanel([FieldPanel("name"), FieldPanel("country")]), FieldPanel("website")]

    class Meta(Orderable.Meta):
        verbose_name = _("initial signatory")
        verbose_name_plural = _("initial signatories")

    def clean(self) -> None:
        super().clean()
        if bool(self.organisation_id) == bool(self.name):
            raise ValidationError({"name": _("Choose an organisation of the coalition, or type the name of another: one of the two.")})
