"""Exports: a form that says what the file will hold, how many rows that is, and the file. Who exports personal data is noted."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.log_actions import log

from core.transitions import NotPossible

from .views import AdminView


class ExportForm(forms.Form):
    """What every export asks last."""

    format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=[("csv", "CSV"), ("xlsx", "Excel (XLSX)")], widget=forms.RadioSelect, initial="csv"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "format"])


class ExportView(AdminView):
    """The form, filled in by a query string such as `?content=contacts&role=voting`; its POST answers with the number or the file."""

    template_name = "core/admin/export.html"
    header_icon = "download"
    form_class: type[ExportForm]
    privacy_note: str | Promise = ""
    log_action = ""

    def count(self, choices: dict[str, Any]) -> int:
        """How many rows the file would have."""
        raise NotImplementedError

    def file(self, choices: dict[str, Any]) -> HttpResponseBase:
        """The file. Raises NotPossible when there is nothing to put into it."""
        raise NotImplementedError

    def personal_data(self, choices: dict[str, Any]) -> Iterable[tuple[Model, dict[str, Any]]]:
        """In whose history the export is noted, with which data. Raises PermissionDenied for those who may not have it."""
        return ()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form_class(request.POST)
        context: dict[str, Any] = {"form": form}
        if form.is_valid():
            if "count" in request.POST:
                context["count"] = self.count(form.cleaned_data)
            else:
                try:
                    return self.export(form.cleaned_data)
                except NotPossible as reason:
                    messages.warning(request, str(reason))
        return self.render_to_response(self.get_context_data(**context))

    def export(self, choices: dict[str, Any]) -> HttpResponseBase:
        with transaction.atomic():
            for row, data in self.personal_data(choices):
                log(row, self.log_action, user=self.request.user, data=data)
        return self.file(choices)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        initial = {name: value for name, value in self.request.GET.items() if name in self.form_class.base_fields}
        return super().get_context_data(**{"form": self.form_class(initial=initial), "privacy_note": self.privacy_note, **kwargs})
