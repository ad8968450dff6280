"""Handing over, in the admin: record a delivery, its file and its letter, the news of it, the reply."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateInput
from wagtail.permissions import ModelPermissionPolicy

from cms.site_context import chrome_for
from core.absolute_urls import absolute
from core.admin.records import Records
from core.forms.validators import clean_line
from core.mail.message import preview_of
from core.mail.templates import compose
from core.transitions import NotPossible, Refused
from endorsements.declarations.admin_status import moment
from endorsements.models import DeclarationPage, Delivery, Endorsement, Mailing, SignOn
from endorsements.models.sign_on import sign_on_of
from endorsements.signatories.counts import fresh_counts
from endorsements.signing.emails import sample
from endorsements.states import IN_QUEUE, MailingKind, State
from endorsements.text.display import as_blocks

from . import emails, mailings, snapshot
from .workflow import announce, deliver, record_reply

POLICY = ModelPermissionPolicy(Delivery)
NEWS = (MailingKind.DELIVERED, MailingKind.REPLY)


def _not_in_the_future(day: date) -> date:
    if day > timezone.localdate():
        raise ValidationError(_("That day is still to come."))
    return day


class DeliveryForm(forms.ModelForm):
    class Meta:
        model = Delivery
        fields = ("recipient", "delivered_on", "method", "note")
        widgets = {"delivered_on": AdminDateInput, "note": AdminAutoHeightTextInput}
        help_texts = {"recipient": gettext_lazy("Who received it, as it follows “Delivered to”: “the Ministry of Health of Uganda”.")}

    def clean_recipient(self) -> str:
        return clean_line(self.cleaned_data["recipient"])

    def clean_method(self) -> str:
        return clean_line(self.cleaned_data["method"])

    def clean_delivered_on(self) -> date:
        return _not_in_the_future(self.cleaned_data["delivered_on"])


class ReplyForm(forms.ModelForm):
    reply = Delivery._meta.get_field("reply").formfield(required=True, widget=AdminAutoHeightTextInput)
    replied_on = Delivery._meta.get_field("replied_on").formfield(required=True, widget=AdminDateInput)

    class Meta:
        model = Delivery
        fields = ("reply", "replied_on")

    def clean_reply(self) -> str:
        return "\n".join(self.cleaned_data["reply"].splitlines())

    def clean_replied_on(self) -> date:
        day = _not_in_the_future(self.cleaned_data["replied_on"])
        if day < self.instance.delivered_on:
            raise ValidationError(_("That is before it was delivered."))
        return day


class _Screen(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    permission_policy = POLICY
    header_icon = "mail"

    def above(self) -> list[dict[str, Any]]:
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), *self.above(), {"url": "", "label": self.get_page_title()}]


class Deliver(_Screen, FormView):
    """The form of a delivery, with what will be frozen. A sign-on that is not over sends back to the declaration."""

    permission_required = "add"
    template_name = "endorsements/deliveries/admin/deliver.html"
    form_class = DeliveryForm
    page_title = gettext_lazy("Record a delivery")

    @cached_property
    def sign_on(self) -> SignOn:
        page = get_object_or_404(DeclarationPage, pk=self.kwargs["declaration"])
        sign_on = sign_on_of(page)
        sign_on.declaration = page
        return sign_on

    def above(self) -> list[dict[str, Any]]:
        page = self.sign_on.declaration
        return [{"url": reverse("wagtailadmin_pages:edit", args=(page.pk,)), "label": page.get_admin_display_title()}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.sign_on.is_over else self._not_over()

    def get_initial(self) -> dict[str, Any]:
        return {"delivered_on": timezone.localdate()}

    def form_valid(self, form: DeliveryForm) -> HttpResponse:
        now = timezone.now()
        try:
            delivery = deliver(self.sign_on, **form.cleaned_data, by=self.request.user, now=now)
        except Refused:
            return self._not_over()
        if delivery.made_at == now:
            messages.success(self.request, _("The delivery is recorded. Here is the letter, and the file with its hash."))
        else:
            messages.info(self.request, _("It stands here already: handed to the same recipient on the same day."))
        return redirect("delivery:inspect", delivery.pk)

    def _not_over(self) -> HttpResponse:
        messages.error(self.request, _("Only a closed sign-on can be delivered. Close it first."))
        return redirect("wagtailadmin_pages:edit", self.sign_on.declaration_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page, ends = self.sign_on.declaration, self.sign_on.grace_ends_at()
        rows = Endorsement.objects.for_declaration(page)
        is_early = ends is not None and ends > timezone.now() and not page.deliveries.exists()
        return super().get_context_data(
            **kwargs,
            declaration=page,
            version=self.sign_on.version,
            counted=_counted_now(page),
            earlier=rows.listed().filter(version__number__lt=self.sign_on.version.number).count() if self.sign_on.version else 0,
            waiting=rows.filter(state__in=IN_QUEUE, confirmed_at__isnull=False).count(),
            grace_ends=moment(ends) if ends and is_early else "",
            unconfirmed=rows.filter(state=State.PENDING).count() if is_early else 0,
            deliveries=page.deliveries.defer("content"),
        )


def _counted_now(page: DeclarationPage) -> str:
    counts = fresh_counts(page)
    return snapshot.counts_text(counts.organisations, counts.people, counts.countries)


class _OfDelivery(_Screen):
    """A screen about one delivery."""

    @cached_property
    def delivery(self) -> Delivery:
        found = Delivery.objects.select_related("declaration", "version", "made_by").defer("content")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def above(self) -> list[dict[str, Any]]:
        listing = {"url": reverse("delivery:index"), "label": gettext_lazy("Deliveries")}
        return [listing, {"url": reverse("delivery:inspect", args=(self.delivery.pk,)), "label": str(self.delivery)}]


class DeliveryScreen(_OfDelivery, TemplateView):
    """What was handed over, with its hash; the file, the letter, the news, the reply."""

    permission_required = "view"
    template_name = "endorsements/deliveries/admin/delivery.html"

    def above(self) -> list[dict[str, Any]]:
        return super().above()[:1]

    def get_page_title(self) -> str:
        return str(self.delivery)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        delivery = self.delivery
        news = {mailing.kind: mailing for mailing in delivery.mailings.select_related("declaration", "begun_by")}
        return super().get_context_data(
            **kwargs,
            delivery=delivery,
            counted=snapshot.counts_text(delivery.organisations, delivery.people, delivery.countries),
            verify_url=absolute(reverse("verify", args=(delivery.sha256,))),
            news=[(kind, news.get(kind), emails.written_count(news[kind]) if kind in news else 0) for kind in NEWS],
            may_change=self.user_has_permission("change"),
        )


class File(_OfDelivery, View):
    """The snapshot, exactly the bytes that were hashed."""

    permission_required = "view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        delivery = self.delivery
        if not delivery.content:
            raise Http404
        name = f"{delivery.declaration.slug}-{delivery.delivered_on:%Y-%m-%d}.json"
        headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"}
        return HttpResponse(delivery.content.encode(), content_type="application/json", headers=headers)


class Letter(_OfDelivery, View):
    """What is put into a hand: made to be printed, or saved as PDF, by the browser's own print dialogue."""

    permission_required = "view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _letter(request, self.delivery.content, self.delivery.sha256)


class LetterNow(PermissionCheckedMixin, View):
    """The letter as it would be if it were handed over now: marked as a draft, without a hash."""

    permission_policy = POLICY
    permission_required = "add"

    def get(self, request: HttpRequest, declaration: int) -> HttpResponseBase:
        sign_on = sign_on_of(get_object_or_404(DeclarationPage, pk=declaration))
        if sign_on.version is None:
            raise Http404
        now = timezone.now()
        taken = snapshot.take(sign_on, recipient=_("(the recipient)"), delivered_on=timezone.localdate(now), method="", now=now)
        return _letter(request, taken.content, "")


def _letter(request: HttpRequest, content: str, sha256: str) -> HttpResponse:
    if not content:
        raise Http404
    data, chrome = snapshot.read(content), chrome_for(request)
    for number, group in enumerate(data["signed"]):
        group["blocks"] = as_blocks(group["text"]["text"], top=3 if number else 2)
    counts = data["counts"]
    context = {
        "snapshot": data,
        "coalition": chrome.identity.name if chrome else "",
        "counted": snapshot.counts_text(counts["organisations"], counts["people"], counts["countries"]),
        "delivered_on": date.fromisoformat(data["delivery"]["on"]),
        "sha256": sha256,
        "groups_of_hash": [sha256[place : place + 8] for place in range(0, len(sha256), 8)],
        "verify_url": absolute(reverse("verify", args=(sha256,))) if sha256 else "",
        "verify_form": absolute(reverse("verify_form")),
    }
    return render(request, "endorsements/deliveries/letter.html", context)


class Announce(_OfDelivery, TemplateView):
    """How many it goes to and what it says, then one button; once."""

    permission_required = "change"
    template_name = "endorsements/deliveries/admin/announce.html"

    def get_page_title(self) -> str:
        return _("Tell the endorsers") if self.kind == MailingKind.DELIVERED else _("Tell them of the reply")

    @cached_property
    def kind(self) -> MailingKind:
        if self.kwargs["kind"] not in NEWS:
            raise Http404
        return MailingKind(self.kwargs["kind"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            announce(self.delivery, self.kind, by=request.user, now=timezone.now())
            messages.success(request, _("The mails are being written. They leave within minutes, a few hundred at a time."))
        except NotPossible as error:
            messages.error(request, str(error))
        return redirect("delivery:inspect", self.delivery.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mailing = Mailing(kind=self.kind, delivery=self.delivery, declaration=self.delivery.declaration)
        message = compose(
            f"endorsements/{self.kind}", to="ada@example.org", context=sample() | emails.mailing_context(mailing) | emails.sample_links()
        )
        return super().get_context_data(
            **kwargs,
            number=mailings.email_count(mailing),
            subject=message.subject,
            preview=preview_of(message),
            is_done=self.delivery.mailings.filter(kind=self.kind).exists(),
            lacks_reply=self.kind == MailingKind.REPLY and not self.delivery.reply,
        )


class Reply(_OfDelivery, FormView):
    permission_required = "change"
    template_name = "endorsements/deliveries/admin/reply.html"
    form_class = ReplyForm
    page_title = gettext_lazy("Record the reply")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Delivery.objects.defer("content").get(pk=self.delivery.pk)}

    def form_valid(self, form: ReplyForm) -> HttpResponse:
        record_reply(self.delivery, **form.cleaned_data, by=self.request.user, now=timezone.now())
        messages.success(self.request, _("The reply is recorded, and public on the page of the declaration."))
        return redirect("delivery:inspect", self.delivery.pk)


class DeliveryIndex(IndexView):
    def get_base_queryset(self) -> QuerySet[Delivery]:
        return super().get_base_queryset().select_related("declaration").defer("content")


class Deliveries(Records):
    """The listing, and the screens of one."""

    model = Delivery
    name = "delivery"
    url_prefix = "deliveries"
    icon = "mail"
    menu_label = gettext_lazy("Deliveries")
    menu_order = 300
    inspect_view_enabled = False
    index_view_class = DeliveryIndex
    ordering = "-delivered_on"
    list_display = (
        TitleColumn(
            "declaration", label=gettext_lazy("Declaration"), get_url=lambda delivery: reverse("delivery:inspect", args=(delivery.pk,))
        ),
        Column("recipient", label=gettext_lazy("Handed to"), sort_key="recipient"),
        Column("delivered_on", accessor=lambda one: date_format(one.delivered_on), label=gettext_lazy("On"), sort_key="delivered_on"),
        Column("organisations", label=gettext_lazy("Organisations"), sort_key="organisations"),
        Column("people", label=gettext_lazy("People"), sort_key="people"),
        Column(
            "replied_on",
            accessor=lambda one: date_format(one.replied_on) if one.replied_on else "",
            label=gettext_lazy("Reply"),
            sort_key="replied_on",
        ),
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", DeliveryScreen.as_view(), name="inspect"),
            path("<int:pk>/file/", File.as_view(), name="file"),
            path("<int:pk>/letter/", Letter.as_view(), name="letter"),
            path("<int:pk>/reply/", Reply.as_view(), name="reply"),
            path("<int:pk>/tell/<str:kind>/", Announce.as_view(), name="announce"),
        ]


def urls() -> list[URLPattern]:
    """The screens of a declaration that end in a delivery."""
    return [
        path("declarations/<int:declaration>/deliver/", Deliver.as_view(), name="declaration_deliver"),
        path("declarations/<int:declaration>/letter/", LetterNow.as_view(), name="declaration_letter"),
    ]
