"""The admin view for finding, exporting and erasing the data of one person (GDPR, Articles 15, 17 and 20)."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from core.mail.suppression import lift, suppressed_since

from .erase import erase
from .export import export
from .find import MAX_FOUND, find, is_address, permissions
from .forms import SearchForm

TITLE = gettext_lazy("Personal data")


def may_see(user: Any) -> bool:
    return bool(user.has_perms(permissions()))


class PersonalDataMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_see(request.user)


class PersonalDataView(WagtailAdminTemplateMixin, TemplateView):
    """One view in three steps: find, choose, and export or erase. All are POSTs, so that no email address gets into an access log."""

    template_name = "privacy/admin/personal_data.html"
    page_title = TITLE
    header_icon = "user"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_see(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": TITLE}]

    @cached_property
    def form(self) -> SearchForm:
        return SearchForm(self.request.POST or None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.form.is_valid():
            return self.get(request)
        query, action, chosen = self.form.cleaned_data["query"], request.POST.get("action", ""), request.POST.getlist("chosen")
        has_chosen = bool(chosen) or is_address(query)
        if action in ("export", "confirm", "erase") and not has_chosen:
            messages.warning(request, _("Choose at least one."))
        elif action == "export":
            return self._file(query, chosen)
        elif action == "erase":
            self._erase(query, chosen)
            return self.render_to_response(super().get_context_data(form=SearchForm()))
        elif action == "lift" and lift(query, by=request.user):
            messages.success(request, _("This address can be written to again."))
        return self.render_to_response(self._results(query, chosen, confirms=action == "confirm" and has_chosen))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, form=self.form)

    def _results(self, query: str, chosen: list[str], *, confirms: bool) -> dict[str, Any]:
        by_address = is_address(query)
        sections = find(query).values()
        found = [one for section in sections for one in section]
        return self.get_context_data(
            query=query,
            found=found,
            chosen=[one for one in found if one.key in chosen],
            by_address=by_address,
            has_more=any(len(section) == MAX_FOUND for section in sections),
            no_email_since=suppressed_since(query) if by_address else None,
            confirms=confirms,
        )

    def _file(self, query: str, chosen: list[str]) -> HttpResponse:
        content = {"asked": query, "exported_at": timezone.now(), **export(query, chosen=chosen, by=self.request.user)}
        text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        headers = {"Content-Disposition": 'attachment; filename="personal-data.json"', "Cache-Control": "private, no-store"}
        return HttpResponse(text, content_type="application/json", headers=headers)

    def _erase(self, query: str, chosen: list[str]) -> None:
        counts = erase(query, chosen=chosen, by=self.request.user, now=timezone.now())
        if counts:
            numbers = ", ".join(f"{section}: {number}" for section, number in counts.items())
            messages.success(self.request, _("Erased for good (%(what)s).") % {"what": numbers})
        else:
            messages.warning(self.request, _("There was nothing to erase."))


class PersonalDataViewSet(ViewSet):
    """In the settings menu, beside the sent emails."""

    name = "personal_data"
    url_prefix = "personal-data"
    icon = "user"
    menu_label = TITLE
    menu_order = 902
    add_to_settings_menu = True
    menu_item_class = PersonalDataMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", PersonalDataView.as_view(), name="index")]
