"""What is held of one person: found by address or name, given to them as a file, erased (GDPR, Articles 15, 17 and 20)."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.log_actions import log
from wagtail.permissions import ModelPermissionPolicy

from core.plain_words import clean_line

from ..models import Endorsement
from ..retention import MOST_FOUND, erase_found, export, find
from .menu import item_for

POLICY = ModelPermissionPolicy(Endorsement)
TITLE = gettext_lazy("Personal data of one person")


class WhoForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("E-mail address or name"),
        min_length=3,
        max_length=254,
        help_text=gettext_lazy("An address finds all that it endorsed. After addresses have been erased, a name finds what is listed."),
    )

    def clean_words(self) -> str:
        return clean_line(self.cleaned_data["words"])


class PersonalData(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """One screen in three steps, all of them POSTs, so that no address stands in a log of addresses: find, choose, and do."""

    permission_policy = POLICY
    permission_required = "change"
    template_name = "endorsements/admin/personal_data.html"
    page_title = TITLE
    header_icon = "user"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": TITLE}]

    @cached_property
    def form(self) -> WhoForm:
        return WhoForm(self.request.POST or None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.form.is_valid():
            return self.get(request)
        words, act = self.form.cleaned_data["words"], request.POST.get("act", "")
        found, by_address = list(find(words)), "@" in words
        chosen = [row for row in found if str(row.pk) in request.POST.getlist("chosen")]
        if act == "export" and (chosen or by_address):
            return self._file(chosen, words)
        if act == "erase" and (chosen or by_address):
            return self._erase(chosen, words)
        if act in ("export", "ask"):
            messages.warning(request, _("Choose at least one."))
        context = {"words": words, "found": found, "by_address": by_address, "most": MOST_FOUND, "chosen": chosen}
        return self.render_to_response(self.get_context_data(**context, asks=act == "ask" and bool(chosen or by_address)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, form=self.form)

    def _file(self, chosen: list[Endorsement], words: str) -> HttpResponse:
        with transaction.atomic():
            for row in chosen:
                log(row, "endorsements.export", user=self.request.user)
        told = {"exported_at": timezone.now(), **export(chosen, words)}
        text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        headers = {"Content-Disposition": 'attachment; filename="personal-data.json"'}
        return HttpResponse(text, content_type="application/json", headers=headers)

    def _erase(self, chosen: list[Endorsement], words: str) -> HttpResponseBase:
        count = erase_found(chosen, words, by=self.request.user, now=timezone.now())
        messages.success(
            self.request,
            ngettext("One endorsement is erased, with the mails.", "%(count)d endorsements are erased, with the mails.", count)
            % {"count": count},
        )
        return self.render_to_response(super().get_context_data(form=WhoForm()))


class PersonalDataScreen(ViewSet):
    """In the group of declarations."""

    name = "personal_data"
    url_prefix = "personal-data"
    icon = "user"
    menu_label = gettext_lazy("Personal data")
    menu_item_class = item_for("change")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", PersonalData.as_view(), name="index")]
