"""A declaration as readers see it: the page itself, and the versions of its text."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from cms.head import SubpageHead
from cms.structured_data import Node
from core.absolute_urls import absolute
from core.differences import differences
from endorsements.declarations.history import history
from endorsements.models import DeclarationPage, Endorsement, TextVersion
from endorsements.signatories.public_status import PublicStatus, public_status
from endorsements.signatories.views import attached, for_other_sites, public_only, render_subpage
from endorsements.text.canonical import as_blocks


def declaration(request: HttpRequest, page: DeclarationPage) -> HttpResponseBase:
    """The text, and once it is or was open who signed and what happened. A preview of an unsaved page has no status."""
    status = public_status(page) if page.pk else None
    context: dict[str, Any] = {"status": status}
    if status and status.is_public:
        context |= {"history": history(status), "structured_data": _endorsing(status)}
    return page.render(request, context_overrides=context)


def _endorsing(status: PublicStatus) -> Node:
    """How many endorsed and, while it is open, where to endorse, in the vocabulary of schema.org."""
    counter = {"@type": "InteractionCounter", "interactionType": "https://schema.org/EndorseAction"}
    node: Node = {"interactionStatistic": counter | {"userInteractionCount": status.counts.total}}
    if status.is_open:
        node["potentialAction"] = {"@type": "EndorseAction", "target": absolute(f"{status.base}endorse/")}
    return node


@public_only
def versions(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    """The newest first, each with how many names of the list stand under it."""
    rows = Endorsement.objects.listed().filter(version__in=status.versions).order_by()
    signed = dict(rows.values_list("version_id").annotate(Count("pk")))
    texts = [(one, signed.get(one.pk, 0)) for one in reversed(status.versions)]
    return render_subpage(
        request, "endorsements/declarations/versions.html", status, SubpageHead(_("Versions of the text"), "versions/"), texts=texts
    )


@public_only
def version(request: HttpRequest, status: PublicStatus, number: int, correction: int) -> HttpResponseBase:
    """The text of a version, and what changed since the one before it."""
    shown = _version(status, number, correction)
    position = status.versions.index(shown)
    before = status.versions[position - 1] if position else None
    changes = differences(before.text, shown.text) if before else []
    in_force = shown == status.sign_on.version
    head = SubpageHead(shown.label, f"versions/{number}.{correction}/", noindex=True)
    return render_subpage(
        request,
        "endorsements/declarations/version.html",
        status,
        head,
        version=shown,
        before=before,
        changes=changes,
        blocks=as_blocks(shown.text, top=2),
        in_force=in_force,
    )


@public_only
def version_text(request: HttpRequest, status: PublicStatus, number: int, correction: int) -> HttpResponseBase:
    """Exactly the bytes whose SHA-256 is status."""
    shown = _version(status, number, correction)
    response = HttpResponse(shown.text.encode(), content_type="text/plain; charset=utf-8")
    return for_other_sites(attached(response, f"{status.page.slug}-{number}.{correction}.txt"))


def _version(status: PublicStatus, number: int, correction: int) -> TextVersion:
    known = [one.pk for one in status.versions if (one.number, one.correction) == (number, correction)]
    return get_object_or_404(TextVersion, pk__in=known)
