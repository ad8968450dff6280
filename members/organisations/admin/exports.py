"""Files to take away, and coverage: where the coalition is and where it is not."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput
from wagtail.log_actions import log
from wagtail.permissions import ModelPermissionPolicy

from core.spreadsheets import as_download
from members.directory.coverage import coverage
from members.identity.countries import Region
from members.models import Application, Organisation
from members.organisations.exports import Content, contacts, contacts_table, logos, members_table, memberships
from members.review.admin.confirm import DeskPage
from members.states import ContactRole, Role


class ExportForm(forms.Form):
    content = forms.ChoiceField(
        label=gettext_lazy("What the file holds"), choices=Content.choices, widget=forms.RadioSelect, initial=Content.MEMBERS
    )
    held = forms.ChoiceField(
        label=gettext_lazy("Of whom"), choices=[("", gettext_lazy("Members and observers")), *Role.choices], required=False
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Contacts for"),
        choices=[("", gettext_lazy("Everything")), *ContactRole.choices],
        required=False,
        help_text=gettext_lazy("For contacts only."),
    )
    region = forms.ChoiceField(
        label=gettext_lazy("WHO region"),
        choices=[("", gettext_lazy("All, and those without a country")), *Region.choices],
        required=False,
    )
    since = forms.DateField(
        label=gettext_lazy("New since"),
        required=False,
        widget=AdminDateInput,
        help_text=gettext_lazy("Only members who joined, or contacts who were added, on this day or later. Empty: all."),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=[("csv", "CSV"), ("xlsx", "Excel (XLSX)")], widget=forms.RadioSelect, initial="csv"
    )


class Export(DeskPage):
    """The form, filled in by a query string such as `?content=contacts&role=voting`; its POST answers with the file."""

    permission_policy = ModelPermissionPolicy(Organisation)
    template_name = "members/organisations/admin/export.html"
    page_title = gettext_lazy("Export members and contacts")
    header_icon = "download"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = {name: value for name, value in self.request.GET.items() if name in ExportForm.base_fields}
        return super().get_context_data(**{"form": ExportForm(initial=asked), **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = ExportForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        told = form.cleaned_data
        chosen = {name: told[name] for name in ("held", "region", "since")}
        if told["content"] == Content.LOGOS:
            return self._logos(chosen, form)
        if told["content"] == Content.MEMBERS:
            return as_download(_("members"), told["format"], *members_table(memberships(**chosen)))
        return self._contacts({**chosen, "role": told["role"]}, told["format"])

    def _contacts(self, chosen: dict[str, Any], form: str) -> HttpResponseBase:
        """Who takes whose addresses away stands on the page of each organisation."""
        if not self.request.user.has_perm("members.export_application"):
            raise PermissionDenied
        rows = list(contacts(**chosen))
        with transaction.atomic():
            for organisation in {row.organisation_id: row.organisation for row in rows}.values():
                log(organisation, "members.export", user=self.request.user, data={"content": "contacts", "role": chosen["role"]})
        return as_download(_("contacts"), form, *contacts_table(rows))

    def _logos(self, chosen: dict[str, Any], form: ExportForm) -> HttpResponseBase:
        file, count = logos(memberships(**chosen))
        if not count:
            file.close()
            messages.warning(self.request, _("None of them has a logo."))
            return self.render_to_response(self.get_context_data(form=form))
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        name = f"logos-{timezone.localdate():%Y-%m-%d}.zip"
        return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip", headers=headers)


class CoveragePage(DeskPage):
    permission_policy = ModelPermissionPolicy(Application)
    permission_required = "view"
    template_name = "members/organisations/admin/coverage.html"
    page_title = gettext_lazy("Coverage")
    header_icon = "site"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, coverage=coverage())
