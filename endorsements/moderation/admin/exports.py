"""Exporting endorsements: a form that says what a file will hold, and the file. Who takes personal data away is noted."""

from collections import Counter
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.log_actions import log
from wagtail.permissions import ModelPermissionPolicy

from core.admin.menu import menu_item_for
from core.spreadsheets import as_download
from endorsements.models import DeclarationPage, Endorsement, SignOn
from endorsements.models.endorsement import EndorsementQuerySet
from endorsements.moderation.exports import PERSONAL, Content, endorsements_to_export, export_table, news_recipients
from endorsements.states import Kind, State

TITLE = gettext_lazy("Export endorsements")
POLICY = ModelPermissionPolicy(Endorsement)


class ExportForm(forms.Form):
    declaration = forms.ModelChoiceField(
        DeclarationPage.objects.order_by("-date", "-pk"), required=False, label=gettext_lazy("Declaration"), empty_label=gettext_lazy("All")
    )
    state = forms.ChoiceField(
        choices=[("", gettext_lazy("All")), *(choice for choice in State.choices if choice[0] != State.ERASED)],
        required=False,
        initial=State.LISTED,
        label=gettext_lazy("State"),
    )
    kind = forms.ChoiceField(
        choices=[("", gettext_lazy("Organisations and people")), *Kind.choices], required=False, label=gettext_lazy("Who")
    )
    content = forms.ChoiceField(
        choices=Content,
        widget=forms.RadioSelect,
        initial=Content.PUBLIC,
        label=gettext_lazy("What the file holds"),
        help_text=gettext_lazy("Addresses for news: each once whose newest answer is yes and whose endorsement stands, listed or not."),
    )
    format = forms.ChoiceField(
        choices=[("csv", "CSV"), ("xlsx", "Excel (XLSX)")], widget=forms.RadioSelect, initial="csv", label=gettext_lazy("Format")
    )


class Export(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The form, filled in by a query string such as `?declaration=7&state=listed&kind=person`; its POST answers with the file."""

    permission_policy = POLICY
    permission_required = "export"
    template_name = "endorsements/moderation/admin/export.html"
    header_icon = "download"
    page_title = TITLE

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": TITLE}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = {name: value for name, value in self.request.GET.items() if name in ExportForm.base_fields}
        return super().get_context_data(**{"form": ExportForm(initial=asked), **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = ExportForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        told = form.cleaned_data
        rows = endorsements_to_export(
            told["declaration"], state=told["state"] if told["content"] != Content.NEWS else "", kind=told["kind"]
        )
        if told["content"] in PERSONAL:
            _note(request.user, told, rows)
        name = told["declaration"].title if told["declaration"] else _("endorsements")
        return as_download(f"{name[:60]} {told['content']}", told["format"], *export_table(told["content"], rows))


def _note(user: Any, told: dict[str, Any], rows: EndorsementQuerySet) -> None:
    """Write into each declaration's log who takes how many of its people's data away."""
    if told["content"] == Content.NEWS:
        counts = Counter(answer.endorsement__declaration_id for answer in news_recipients(rows))
    else:
        counts = Counter(dict(rows.order_by().values_list("declaration_id").annotate(Count("pk"))))
    filters = {name: told[name] for name in ("content", "format", "state", "kind")}
    for sign_on in SignOn.objects.filter(declaration__in=counts):
        log(sign_on, "endorsements.export", user=user, data={**filters, "rows": counts[sign_on.declaration_id]})


class Exports(ViewSet):
    name = "endorsement_export"
    url_prefix = "endorsement-export"
    icon = "download"
    menu_label = gettext_lazy("Export")
    menu_item_class = menu_item_for("endorsements.export_endorsement")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", Export.as_view(), name="index")]
