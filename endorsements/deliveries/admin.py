"""Handing over, in the admin: record a delivery, its file and its letter, the news of it, the reply."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateInput

from core.absolute_urls import absolute
from core.admin.confirm import ConfirmView
from core.admin.records import Records
from core.admin.views import AdminView, Breadcrumb
from core.dates import site_today
from core.forms.cleaning import clean_line
from core.mail.templates import compose
from endorsements.declarations.admin_status import moment
from endorsements.models import DeclarationPage, Delivery, Endorsement, Mailing, SignOn
from endorsements.models.sign_on import sign_on_of
from endorsements.signatories.counts import fresh_counts
from endorsements.signing.emails import sample
from endorsements.states import IN_QUEUE, MailingKind, State

from . import emails, mailings, snapshot
from .admin_files import POLICY, File, Letter, LetterNow, OfDelivery
from .workflow import announce, deliver, record_reply

NEWS = (MailingKind.DELIVERED, MailingKind.REPLY)


def _not_in_the_future(day: date) -> date:
    if day > site_today():
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


class Deliver(ConfirmView):
    """The form of a delivery, with what will be frozen. `object` is the sign-on."""

    permission_policy = POLICY
    permission_required = "add"
    header_icon = "mail"
    template_name = "endorsements/deliveries/admin/deliver.html"
    page_title = gettext_lazy("Record a delivery")
    button = gettext_lazy("Record the delivery")
    object: SignOn
    shown = ""  # what is frozen is what stands at that moment

    def get_object(self) -> SignOn:
        self.page = get_object_or_404(DeclarationPage, pk=self.kwargs["declaration"])
        sign_on = sign_on_of(self.page)
        sign_on.declaration = self.page
        return sign_on

    def get_back_url(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=(self.page.pk,))

    def above(self) -> list[Breadcrumb]:
        return [(self.get_back_url(), self.page.get_admin_display_title())]

    def is_possible(self) -> bool:
        return bool(self.object.is_over)

    def too_late(self) -> str:
        return _("Only a closed sign-on can be delivered. Close it first.")

    def question(self) -> str:
        return _("Record a delivery of “%(title)s”") % {"title": self.page.title}

    def consequences(self) -> Iterable[str]:
        yield _("Record it on the day you hand it over, before you print the letter: the letter carries the hash.")
        yield _("Text and names are frozen as they stand now. A recorded delivery is never changed or deleted, whoever withdraws later.")

    def make_form(self, data: Any) -> DeliveryForm:
        return DeliveryForm(data, initial={"delivered_on": site_today()})

    def act(self) -> Delivery:
        self.now = timezone.now()
        return deliver(self.object, **self.answers, by=self.request.user, now=self.now)

    def succeed(self, result: Delivery) -> HttpResponseBase:
        if result.made_at == self.now:
            messages.success(self.request, _("The delivery is recorded. Here is the letter, and the file with its hash."))
        else:
            messages.info(self.request, _("It stands here already: handed to the same recipient on the same day."))
        return redirect("delivery:inspect", result.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page, ends = self.page, self.object.grace_ends_at()
        rows, version = Endorsement.objects.for_declaration(page), self.object.version
        is_early = ends is not None and ends > timezone.now() and not page.deliveries.exists()
        return super().get_context_data(
            **kwargs,
            page=page,
            version=version,
            counted=_counted_now(page),
            earlier=rows.listed().filter(version__number__lt=version.number).count() if version else 0,
            waiting=rows.filter(state__in=IN_QUEUE, confirmed_at__isnull=False).count(),
            grace_ends=moment(ends) if ends and is_early else "",
            unconfirmed=rows.filter(state=State.PENDING).count() if is_early else 0,
            deliveries=page.deliveries.defer("content"),
        )


def _counted_now(page: DeclarationPage) -> str:
    counts = fresh_counts(page)
    return snapshot.counts_text(counts.organisations, counts.people, counts.countries)


class DeliveryView(OfDelivery, AdminView):
    """What was handed over, with its hash; the file, the letter, the news, the reply."""

    permission_required = "view"
    template_name = "endorsements/deliveries/admin/delivery.html"

    def above(self) -> list[Breadcrumb]:
        return [(reverse("delivery:index"), _("Deliveries"))]

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


class DeliveryAction(OfDelivery, ConfirmView):
    def get_object(self) -> Delivery:
        return self.delivery

    def get_back_url(self) -> str:
        return reverse("delivery:inspect", args=(self.delivery.pk,))

    def above(self) -> list[Breadcrumb]:
        return [(reverse("delivery:index"), _("Deliveries")), (self.get_back_url(), self.object_name)]


class Announce(DeliveryAction):
    """How many it goes to and what it says, then one button; once."""

    shows_email = True
    success_message = gettext_lazy("The mails are being written. They leave within minutes, a few hundred at a time.")

    def get_page_title(self) -> str:
        return _("Tell the endorsers") if self.kind == MailingKind.DELIVERED else _("Tell them of the reply")

    @cached_property
    def kind(self) -> MailingKind:
        if self.kwargs["kind"] not in NEWS:
            raise Http404
        return MailingKind(self.kwargs["kind"])

    @cached_property
    def mailing(self) -> Mailing:
        return Mailing(kind=self.kind, delivery=self.delivery, declaration=self.delivery.declaration)

    @cached_property
    def count(self) -> int:
        return mailings.email_count(self.mailing)

    def is_possible(self) -> bool:
        return not self.delivery.mailings.filter(kind=self.kind).exists()

    def too_late(self) -> str:
        return _("This news is on its way already. It goes to everybody once.")

    def why_not(self) -> list[str]:
        if self.kind == MailingKind.REPLY and not self.delivery.reply:
            return [_("There is no reply to tell of. Record it first.")]
        return [] if self.count else [_("It would go to nobody.")]

    def consequences(self) -> Iterable[str]:
        yield ngettext("%(count)d address gets one email.", "%(count)d addresses get one email each.", self.count) % {"count": self.count}
        if self.kind == MailingKind.DELIVERED:
            yield _(
                "It goes to those who endorsed on this site, were in the list that was handed over, are still listed, and want to hear "
                "about the declaration. Names that were listed later, withdrawn or declined are left out."
            )
        else:
            yield _("It goes to those who endorsed on this site, have not withdrawn, and want to hear about the declaration.")
        yield _("Addresses whose owners asked us not to write are left out. You cannot take the emails back.")

    def get_button(self) -> str:
        return ngettext("Send %(count)d email", "Send %(count)d emails", self.count) % {"count": self.count}

    def email(self) -> EmailMultiAlternatives:
        """With an invented name."""
        context = sample() | emails.mailing_context(self.mailing) | emails.sample_links()
        return compose(f"endorsements/{self.kind}", to="ada@example.org", context=context)

    def recipients(self, email: EmailMultiAlternatives) -> str:
        return ""

    def act(self) -> Mailing:
        return announce(self.delivery, self.kind, by=self.request.user, now=timezone.now())


class Reply(DeliveryAction):
    permission_required = "change"
    page_title = gettext_lazy("Record the reply")
    button = gettext_lazy("Save the reply")
    success_message = gettext_lazy("The reply is recorded, and public on the page of the declaration.")
    is_edit = True

    @property
    def shown(self) -> str:
        return f"{self.object.replied_on or ''}:{sha256(self.object.reply.encode()).hexdigest()[:16]}"

    def what_changed(self, shown: str) -> str:
        now = _("It says now: “%(reply)s” (%(day)s).") % {
            "reply": self.object.reply,
            "day": date_format(self.object.replied_on, "j F Y") if self.object.replied_on else "–",
        }
        return f"{super().what_changed(shown)} {now} {_('What you typed is still here. Save again to replace it.')}"

    def consequences(self) -> Iterable[str]:
        yield _("It is shown to readers in the timeline of the declaration, and may be corrected later.")

    def make_form(self, data: Any) -> ReplyForm:
        return ReplyForm(data, instance=Delivery.objects.defer("content").get(pk=self.delivery.pk))

    def act(self) -> bool:
        record_reply(self.delivery, **self.answers, by=self.request.user, now=timezone.now())
        return True


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
            path("<int:pk>/", DeliveryView.as_view(), name="inspect"),
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
