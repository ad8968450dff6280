"""What is held of one person, in every room: found by address or name, given to them as a file, erased (GDPR, Articles 15, 17 and 20)."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from core.forms.validators import clean_line
from core.mail.suppression import lift, suppressed_since

from . import personal_data

TITLE = gettext_lazy("Personal data")


class Item(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perms(personal_data.permissions()))


class WhoForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("E-mail address or name"),
        min_length=3,
        max_length=254,
        help_text=gettext_lazy("An address finds all that is held of it. After addresses have been erased, a name finds what is left."),
    )

    def clean_words(self) -> str:
        return clean_line(self.cleaned_data["words"])


class PersonalData(WagtailAdminTemplateMixin, TemplateView):
    """One screen in three steps, all of them POSTs, so that no address stands in a log of addresses: find, choose, and do."""

    template_name = "privacy/admin/personal_data.html"
    page_title = TITLE
    header_icon = "user"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perms(personal_data.permissions()):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": TITLE}]

    @cached_property
    def form(self) -> WhoForm:
        return WhoForm(self.request.POST or None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.form.is_valid():
            return self.get(request)
        words, act, chosen = self.form.cleaned_data["words"], request.POST.get("act", ""), request.POST.getlist("chosen")
        may_act = bool(chosen) or personal_data.is_address(words)
        if act in ("export", "ask", "erase") and not may_act:
            messages.warning(request, _("Choose at least one."))
        elif act == "export":
            return self._file(words, chosen)
        elif act == "erase":
            self._erase(words, chosen)
            return self.render_to_response(super().get_context_data(form=WhoForm()))
        elif act == "lift" and lift(words, by=request.user):
            messages.success(request, _("This address can be written to again."))
        return self.render_to_response(self._found(words, chosen, asks=act == "ask" and may_act))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, form=self.form)

    def _found(self, words: str, chosen: list[str], *, asks: bool) -> dict[str, Any]:
        by_address = personal_data.is_address(words)
        rooms = personal_data.find(words).values()
        found = [one for room in rooms for one in room]
        return self.get_context_data(
            words=words,
            found=found,
            chosen=[one for one in found if one.key in chosen],
            by_address=by_address,
            has_more=any(len(room) == personal_data.MOST_FOUND for room in rooms),
            no_mail_since=suppressed_since(words) if by_address else None,
            asks=asks,
        )

    def _file(self, words: str, chosen: list[str]) -> HttpResponse:
        told = {"asked": words, "exported_at": timezone.now(), **personal_data.export(words, chosen=chosen, by=self.request.user)}
        text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        headers = {"Content-Disposition": 'attachment; filename="personal-data.json"', "Cache-Control": "private, no-store"}
        return HttpResponse(text, content_type="application/json", headers=headers)

    def _erase(self, words: str, chosen: list[str]) -> None:
        counts = personal_data.erase(words, chosen=chosen, by=self.request.user, now=timezone.now())
        if counts:
            told = ", ".join(f"{name}: {number}" for name, number in counts.items())
            messages.success(self.request, _("Erased for good (%(what)s).") % {"what": told})
        else:
            messages.warning(self.request, _("There was nothing to erase."))
