"""The check of a delivery or a text by its SHA-256.

The pages are public and cached like any other, because they never change. They show no names of people: who holds the letter or the file
has the names, and nobody else should get a list of people from a page that stays for ever.
"""

import re

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.web.page_cache import public_page
from endorsements.declarations.history import version_address
from endorsements.models import Delivery, TextVersion
from endorsements.signatories.public_status import public_status
from endorsements.text.display import as_blocks

from .snapshot import counts_text, without_people

DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
MAX_QUERY_LENGTH = 100
SEPARATORS = re.compile(r"[\s-]+")


@require_safe
@public_page
def verify_form(request: HttpRequest) -> HttpResponseBase:
    """The form, which redirects to the address of the hash."""
    query = request.GET.get("hash", "")
    if not query.strip():
        return render(
            request, "endorsements/deliveries/verify_form.html", {"title": _("Check a declaration"), "query": "", "is_unknown": False}
        )
    digest = normalised(query)
    return redirect("verify", digest) if DIGEST.fullmatch(digest) else _unknown(request, query)


@require_safe
@public_page
def verify(request: HttpRequest, digest: str) -> HttpResponseBase:
    """The delivery, or the version of a text, with this SHA-256; 404 with advice if there is none."""
    wanted = normalised(digest)
    if wanted != digest and DIGEST.fullmatch(wanted):
        return redirect("verify", wanted, permanent=True)
    delivery = Delivery.objects.defer("content").select_related("declaration", "version").filter(sha256=wanted).first()
    if delivery:
        return _delivery_page(request, delivery)
    version = next(filter(_is_public, _versions().filter(sha256=wanted)), None)
    return _version_page(request, version) if version else _unknown(request, digest)


def normalised(text: str) -> str:
    """The hash as it is stored, from one copied from paper: in any case, in groups."""
    return SEPARATORS.sub("", text[: 4 * MAX_QUERY_LENGTH]).lower()


def _versions() -> QuerySet[TextVersion]:
    return TextVersion.objects.select_related("declaration__sign_on__version").order_by("-pk")


def _is_public(version: TextVersion) -> bool:
    """Whether anybody may read it. Not even the existence of a text under embargo is revealed."""
    status = public_status(version.declaration)
    return status.is_public and version.declaration.live and version in status.versions


def _delivery_page(request: HttpRequest, delivery: Delivery) -> HttpResponseBase:
    snapshot = without_people(delivery)
    name = snapshot["declaration"]["title"] if snapshot else delivery.declaration.title
    context = {
        "title": _("Verified: %(title)s") % {"title": name},
        "name": name,
        "delivery": delivery,
        "snapshot": snapshot,
        "counted": counts_text(delivery.organisations, delivery.people, delivery.countries),
        "blocks": as_blocks(delivery.version.text, top=3),
        "address": version_address(delivery.declaration, delivery.version) if delivery.declaration.live else "",
    }
    return render(request, "endorsements/deliveries/verify.html", context)


def _version_page(request: HttpRequest, version: TextVersion) -> HttpResponseBase:
    context = {
        "title": _("Verified: %(title)s") % {"title": version.declaration.title},
        "name": version.declaration.title,
        "version": version,
        "in_force": version.declaration.current_sign_on.version,
        "blocks": as_blocks(version.text, top=3),
        "address": version_address(version.declaration, version),
    }
    return render(request, "endorsements/deliveries/verify.html", context)


def _unknown(request: HttpRequest, query: str) -> HttpResponseBase:
    context = {"title": _("Not known here"), "query": query[:MAX_QUERY_LENGTH], "is_unknown": True, "noindex": True}
    return render(request, "endorsements/deliveries/verify_form.html", context, status=404)
