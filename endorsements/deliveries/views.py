"""Is this what was handed over, or signed? Anybody who holds a letter, a file or a text can ask, by its SHA-256.

Public and kept like every page: what a hash stands for never changes. Names of people are not published here: whoever asks by a hash
holds the letter or the file, and with it the names; who does not must not be handed a list of people by a page that lives for ever.
"""

import re

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from endorsements.declarations.history import version_address
from endorsements.models import Delivery, TextVersion
from endorsements.signatories.public_status import public_status
from endorsements.text.canonical import as_blocks

from .snapshot import counted, without_people

DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
LONGEST_QUERY = 100
SEPARATORS = re.compile(r"[\s-]+")


@require_safe
def verify_form(request: HttpRequest) -> HttpResponseBase:
    """What this is for, and a form whose answer is the address of the hash."""
    query = request.GET.get("hash", "")
    if not query.strip():
        return render(
            request, "endorsements/deliveries/verify_form.html", {"title": _("Check a declaration"), "query": "", "is_unknown": False}
        )
    digest = normalised(query)
    return redirect("verify", digest) if DIGEST.fullmatch(digest) else _unknown(request, query)


@require_safe
def verify(request: HttpRequest, digest: str) -> HttpResponseBase:
    """The delivery, or the version of a text, that has this SHA-256; 404 with what to check when there is none."""
    wanted = normalised(digest)
    if wanted != digest and DIGEST.fullmatch(wanted):
        return redirect("verify", wanted, permanent=True)
    delivery = Delivery.objects.defer("content").select_related("declaration", "version").filter(sha256=wanted).first()
    if delivery:
        return _delivery(request, delivery)
    version = next(filter(_is_public, _versions().filter(sha256=wanted)), None)
    return _text(request, version) if version else _unknown(request, digest)


def normalised(text: str) -> str:
    """A hash as it is stored, of one that was copied from paper: any case, in groups."""
    return SEPARATORS.sub("", text[: 4 * LONGEST_QUERY]).lower()


def _versions() -> QuerySet[TextVersion]:
    return TextVersion.objects.select_related("declaration__sign_on__version").order_by("-pk")


def _is_public(version: TextVersion) -> bool:
    """Whether anybody may read it. Of a text under embargo not even its existence is confirmed."""
    status = public_status(version.declaration)
    return status.is_public and version.declaration.live and version in status.versions


def _delivery(request: HttpRequest, delivery: Delivery) -> HttpResponseBase:
    snapshot = without_people(delivery)
    name = snapshot["declaration"]["title"] if snapshot else delivery.declaration.title
    context = {
        "title": _("Verified: %(title)s") % {"title": name},
        "name": name,
        "delivery": delivery,
        "snapshot": snapshot,
        "counted": counted(delivery.organisations, delivery.people, delivery.countries),
        "blocks": as_blocks(delivery.version.text, top=3),
        "address": version_address(delivery.declaration, delivery.version) if delivery.declaration.live else "",
    }
    return render(request, "endorsements/deliveries/verify.html", context)


def _text(request: HttpRequest, version: TextVersion) -> HttpResponseBase:
    context = {
        "title": _("Verified: %(title)s") % {"title": version.declaration.title},
        "name": version.declaration.title,
        "version": version,
        "in_force": version.declaration.signing.version,
        "blocks": as_blocks(version.text, top=3),
        "address": version_address(version.declaration, version),
    }
    return render(request, "endorsements/deliveries/verify.html", context)


def _unknown(request: HttpRequest, query: str) -> HttpResponseBase:
    context = {"title": _("Not known here"), "query": query[:LONGEST_QUERY], "is_unknown": True, "noindex": True}
    return render(request, "endorsements/deliveries/verify_form.html", context, status=404)
