"""The outbox in the admin: what went to whom, what did not, and "send again". Nothing here can be written, changed or deleted."""

import contextlib
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.widgets.button import Button
from wagtail.permissions import ModelPermissionPolicy

from core.admin.confirm import ConfirmView
from core.admin.records import Records
from core.admin.views import Breadcrumb
from core.mail.message import preview
from core.mail.queue import can_be_sent_again, send_again
from core.models import OutgoingMail
from core.states import NOT_SENT, ON_THE_WAY, MailState
from core.transitions import TransitionNotAllowed


class MailIndex(IndexView):
    def get_base_queryset(self) -> QuerySet[OutgoingMail]:
        return super().get_base_queryset().defer("content")

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        if not self.user_has_permission("change") or not can_be_sent_again().exists():
            return []
        return [Button(_("Send all again that failed"), url=reverse("outgoingmail:send_all_again"), icon_name="mail", priority=10)]


class SendAllAgain(ConfirmView):
    """After days without a mail server: asks once, then puts every failed mail back into the queue."""

    permission_policy = ModelPermissionPolicy(OutgoingMail)
    page_title = gettext_lazy("Send all again")
    button = gettext_lazy("Send all again")
    header_icon = "mail"

    @cached_property
    def count(self) -> int:
        return can_be_sent_again().count()

    def get_back_url(self) -> str:
        return reverse("outgoingmail:index")

    def above(self) -> list[Breadcrumb]:
        return [(self.get_back_url(), Mails.menu_label)]

    def question(self) -> str:
        return ngettext("Send %(count)d email again?", "Send %(count)d emails again?", self.count) % {"count": self.count}

    def consequences(self) -> Iterable[str]:
        yield _("They could not be sent. If the mail server works again, they are sent within minutes.")

    def why_not(self) -> list[str]:
        return [] if self.count else [self.too_late()]

    def act(self) -> int:
        count = 0
        for pk in list(can_be_sent_again().values_list("pk", flat=True)):
            with contextlib.suppress(TransitionNotAllowed, OutgoingMail.DoesNotExist):  # somebody else was faster
                count += send_again(OutgoingMail.objects.get(pk=pk), by=self.request.user)
        return count

    def get_success_message(self, result: int) -> str:
        return ngettext("One mail is on its way again.", "%(count)d mails are on their way again.", result) % {"count": result}

    def too_late(self) -> str:
        return _("No email is left to send again.")


class MailView(InspectView):
    """One mail: its fate, its text without working links, and for a failed one the button. A GET changes nothing."""

    page_title = gettext_lazy("Mail")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.user_has_permission("change"):
            raise PermissionDenied
        try:
            if send_again(self.object, by=request.user):
                messages.success(request, _("The mail is on its way again."))
            else:
                messages.info(request, _("The mail is on its way already, or its text has been erased."))
        except TransitionNotAllowed:
            messages.warning(request, _("Only an email that could not be sent, or was kept back, can be sent."))
        return redirect(request.path)

    def get_fields_context(self) -> list[dict[str, Any]]:
        """What there is to say: `due_at` means something only while the mail is on its way."""
        on_the_way = self.object.state in ON_THE_WAY
        shown = [name for name in self.fields if getattr(self.object, name) not in (None, "") and (on_the_way or name != "due_at")]
        return [self.get_context_for_field(name) for name in shown]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_kept_back = self.object.state == MailState.LIMITED
        may_send_again = self.object.state in NOT_SENT and bool(self.object.content) and self.user_has_permission("change")
        return super().get_context_data(**kwargs, preview=preview(self.object), may_send_again=may_send_again, is_kept_back=is_kept_back)


class Mails(Records):
    model = OutgoingMail
    icon = "mail"
    menu_label = gettext_lazy("Mail sent")
    menu_order = 900
    add_to_settings_menu = True
    index_view_class = MailIndex
    inspect_view_class = MailView
    inspect_template_name = "core/mail/admin/email.html"
    inspect_view_fields = [
        "state",
        "recipient",
        "subject",
        "purpose",
        "tries",
        "last_error",
        "created_at",
        "due_at",
        "finished_at",
        "message_id",
    ]
    ordering = "-created_at"
    search_fields = ("recipient", "subject")
    list_filter = {"state": ["exact"], "purpose": ["exact"], "created_at": ["gte", "lte"]}
    list_display = (
        TitleColumn(
            "subject",
            label=gettext_lazy("Subject"),
            sort_key="subject",
            get_url=lambda mail: reverse("outgoingmail:inspect", args=(mail.pk,)),
        ),
        Column("recipient", label=gettext_lazy("To"), sort_key="recipient"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor=lambda mail: mail.get_state_display(),
            sort_key="state",
            primary=lambda mail: mail.state in NOT_SENT,
        ),
        Column("tries", label=gettext_lazy("Tries"), sort_key="tries"),
        Column("last_error", label=gettext_lazy("Last error")),
        DateColumn("created_at", label=gettext_lazy("Written"), sort_key="created_at"),
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("send-all-again/", SendAllAgain.as_view(), name="send_all_again"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
        ]
