"""What is handed over: the file with its hash, and the letter to print."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import ModelPermissionPolicy

from cms.site_context import get_site_context
from core.absolute_urls import absolute
from core.dates import site_date
from endorsements.models import DeclarationPage, Delivery
from endorsements.models.sign_on import sign_on_of
from endorsements.text.canonical import as_blocks

from . import snapshot

POLICY = ModelPermissionPolicy(Delivery)


class OfDelivery(PermissionCheckedMixin):
    """About one delivery."""

    permission_policy = POLICY
    header_icon = "mail"
    kwargs: dict[str, Any]

    @cached_property
    def delivery(self) -> Delivery:
        found = Delivery.objects.select_related("declaration", "version", "made_by").defer("content")
        return get_object_or_404(found, pk=self.kwargs["pk"])


class File(OfDelivery, View):
    """The snapshot, exactly the bytes that were hashed."""

    permission_required = "view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        delivery = self.delivery
        if not delivery.content:
            raise Http404
        name = f"{delivery.declaration.slug}-{delivery.delivered_on:%Y-%m-%d}.json"
        headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"}
        return HttpResponse(delivery.content.encode(), content_type="application/json", headers=headers)


class Letter(OfDelivery, View):
    """What is put into a hand: made to be printed, or saved as PDF, by the browser's own print dialogue."""

    permission_required = "view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _letter(request, self.delivery.content, self.delivery.sha256)


class LetterNow(PermissionCheckedMixin, View):
    """The letter as it would be if it were handed over now: marked as a draft, without a hash."""

    permission_policy = POLICY
    permission_required = "add"

    def get(self, request: HttpRequest, declaration: int) -> HttpResponseBase:
        sign_on = sign_on_of(get_object_or_404(DeclarationPage, pk=declaration))
        if sign_on.version is None:
            raise Http404
        now = timezone.now()
        taken = snapshot.take(sign_on, recipient=_("(the recipient)"), delivered_on=site_date(now), method="", now=now)
        return _letter(request, taken.content, "")


def _letter(request: HttpRequest, content: str, sha256: str) -> HttpResponse:
    if not content:
        raise Http404
    told, site_context = snapshot.read(content), get_site_context(request)
    for number, group in enumerate(told["signed"]):
        group["blocks"] = as_blocks(group["text"]["text"], top=3 if number else 2)
    counts = told["counts"]
    context = {
        "told": told,
        "coalition": site_context.identity.name if site_context else "",
        "counted": snapshot.counted(counts["organisations"], counts["people"], counts["countries"]),
        "delivered_on": date.fromisoformat(told["delivery"]["on"]),
        "sha256": sha256,
        "groups_of_hash": [sha256[place : place + 8] for place in range(0, len(sha256), 8)],
        "verify_url": absolute(reverse("verify", args=(sha256,))) if sha256 else "",
        "verify_form": absolute(reverse("verify_form")),
    }
    return render(request, "endorsements/deliveries/letter.html", context)
