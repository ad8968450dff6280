"""The mails of the site in the admin, as they will be, with invented names and without working links."""

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, Table, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import ModelPermissionPolicy

from .letters import Letter, find, letters
from .models import OutgoingMail
from .outbox_message import preview_of

POLICY = ModelPermissionPolicy(OutgoingMail)
TITLE = _("Mail texts")


class MailTextsItem(MenuItem):
    """Beside "Mail sent", for those who see that."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(POLICY.user_has_permission(request.user, "view"))


class _MailTexts(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    permission_policy = POLICY
    permission_required = "view"
    header_icon = "mail"


class MailTexts(_MailTexts):
    """All of them, each with the subject it will have."""

    template_name = "core/admin/letters.html"
    page_title = TITLE

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": TITLE}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        columns = [
            TitleColumn("title", label=_("Mail"), get_url=lambda one: reverse("letters:letter", args=(one.name,)), id_accessor="name"),
            Column("subject", label=_("Subject"), accessor=lambda one: one.compose().subject),
        ]
        found = letters()
        return super().get_context_data(**kwargs, table=Table(columns, found) if found else None)


class MailText(_MailTexts):
    """One of them. Raises Http404 for a name that none has."""

    template_name = "core/admin/letter.html"

    @cached_property
    def letter(self) -> Letter:
        found = find(self.kwargs["name"])
        if found is None:
            raise Http404
        return found

    def get_page_title(self) -> Any:
        return self.letter.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("letters:index"), "label": TITLE}
        return [*super().get_breadcrumbs_items(), above, {"url": "", "label": self.letter.title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        message = self.letter.compose()
        return super().get_context_data(**kwargs, subject=message.subject, preview=preview_of(message))
