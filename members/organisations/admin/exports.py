"""Members, contacts and logos as files."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets import AdminDateInput
from wagtail.permissions import ModelPermissionPolicy

from core.admin.export import ExportForm, ExportView
from core.admin.menu import menu_item_for
from core.dates import site_today
from core.spreadsheets import as_download
from core.transitions import NotPossible
from members.identity.countries import Region
from members.models import Membership, Organisation
from members.organisations.exports import PORTION, Content, contacts, contacts_table, logos, members_table, memberships
from members.states import ContactRole, Role


class MembersExportForm(ExportForm):
    content = forms.ChoiceField(
        label=gettext_lazy("What the file holds"), choices=Content.choices, widget=forms.RadioSelect, initial=Content.MEMBERS
    )
    membership = forms.ChoiceField(
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


class Export(ExportView):
    permission_policy = ModelPermissionPolicy(Organisation)
    page_title = gettext_lazy("Export members and contacts")
    form_class = MembersExportForm
    log_action = "members.export"
    privacy_note = gettext_lazy(
        "Contacts are personal data. Use them for the coalition’s own affairs and nothing else, pass them on to nobody, and delete the "
        "file when you are done. Who exports them is noted with each organisation."
    )

    def rows(self, choices: dict[str, Any]) -> QuerySet[Any]:
        filters = {name: choices[name] for name in ("membership", "region", "since")}
        if choices["content"] == Content.CONTACTS:
            return contacts(role=choices["role"], **filters)
        return memberships(**filters)

    def count(self, choices: dict[str, Any]) -> int:
        rows = self.rows(choices)
        return rows.filter(organisation__logo__isnull=False).count() if choices["content"] == Content.LOGOS else rows.count()

    def personal_data(self, choices: dict[str, Any]) -> Iterator[tuple[Organisation, dict[str, Any]]]:
        """Whose addresses are exported."""
        if choices["content"] != Content.CONTACTS:
            return
        if not self.request.user.has_perm("members.export_application"):
            raise PermissionDenied
        for organisation in Organisation.objects.filter(pk__in=self.rows(choices).order_by().values("organisation")).iterator(PORTION):
            yield organisation, {"content": "contacts", "role": choices["role"]}

    def file(self, choices: dict[str, Any]) -> HttpResponseBase:
        rows = self.rows(choices)
        if choices["content"] == Content.LOGOS:
            return _logos(rows)
        if choices["content"] == Content.CONTACTS:
            return as_download(_("contacts"), choices["format"], *contacts_table(rows))
        return as_download(_("members"), choices["format"], *members_table(rows))


def _logos(rows: QuerySet[Membership]) -> FileResponse:
    file, count = logos(rows)
    if not count:
        file.close()
        raise NotPossible(_("None of them has a logo."))
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    name = f"logos-{site_today():%Y-%m-%d}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip", headers=headers)


class Exports(ViewSet):
    name = "member_export"
    url_prefix = "member-export"
    icon = "download"
    menu_label = gettext_lazy("Export")
    menu_item_class = menu_item_for("members.change_organisation")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", Export.as_view(), name="index")]
