"""Endorsements as files."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Count
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import ModelPermissionPolicy

from core.admin.export import ExportForm, ExportView
from core.admin.menu import menu_item_for
from core.spreadsheets import as_download
from endorsements.models import DeclarationPage, Endorsement, SignOn
from endorsements.models.endorsement import EndorsementQuerySet
from endorsements.moderation.exports import PERSONAL, Content, as_table, chosen, want_news
from endorsements.states import Kind, State


class EndorsementsExportForm(ExportForm):
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


class Export(ExportView):
    permission_policy = ModelPermissionPolicy(Endorsement)
    permission_required = "export"
    page_title = gettext_lazy("Export endorsements")
    form_class = EndorsementsExportForm
    log_action = "endorsements.export"
    privacy_note = gettext_lazy(
        "Contact data and addresses for news are personal data. Use the first to check signatures and to tell endorsers about this "
        "declaration, the second for the news they asked for, and neither for anything else. Pass them on to nobody, and delete the file "
        "when you are done. Who exports them, and how many, is noted in the site history."
    )

    def rows(self, choices: dict[str, Any]) -> EndorsementQuerySet:
        state = choices["state"] if choices["content"] != Content.NEWS else ""
        return chosen(choices["declaration"], state=state, kind=choices["kind"])

    def count(self, choices: dict[str, Any]) -> int:
        rows = self.rows(choices)
        return sum(1 for _answer in want_news(rows)) if choices["content"] == Content.NEWS else rows.count()

    def personal_data(self, choices: dict[str, Any]) -> Iterator[tuple[SignOn, dict[str, Any]]]:
        """Of each declaration how many people's."""
        if choices["content"] not in PERSONAL:
            return
        rows = self.rows(choices)
        if choices["content"] == Content.NEWS:
            counts = Counter(answer.endorsement__declaration_id for answer in want_news(rows))
        else:
            counts = Counter(dict(rows.order_by().values_list("declaration_id").annotate(Count("pk"))))
        filters = {name: choices[name] for name in ("content", "format", "state", "kind")}
        for sign_on in SignOn.objects.filter(declaration__in=counts):
            yield sign_on, {**filters, "rows": counts[sign_on.declaration_id]}

    def file(self, choices: dict[str, Any]) -> HttpResponseBase:
        name = choices["declaration"].title if choices["declaration"] else _("endorsements")
        return as_download(f"{name[:60]} {choices['content']}", choices["format"], *as_table(choices["content"], self.rows(choices)))


class Exports(ViewSet):
    name = "endorsement_export"
    url_prefix = "endorsement-export"
    icon = "download"
    menu_label = gettext_lazy("Export")
    menu_item_class = menu_item_for("endorsements.export_endorsement")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", Export.as_view(), name="index")]
