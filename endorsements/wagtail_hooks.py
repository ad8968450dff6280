"""What declarations add to the admin."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page

from .models import DeclarationPage, Endorsement, ImportedList

LOGGED = {
    "circulate": (gettext_lazy("Circulate"), gettext_lazy("Circulated under embargo")),
    "stop_circulating": (gettext_lazy("Stop circulating"), gettext_lazy("Stopped circulating")),
    "open": (gettext_lazy("Open"), gettext_lazy("Opened for endorsement")),
    "close": (gettext_lazy("Close"), gettext_lazy("Closed")),
    "correct": (gettext_lazy("Correct"), gettext_lazy("Corrected the text")),
    "new_version": (gettext_lazy("New version"), gettext_lazy("Made a new version of the text")),
    "deliver": (gettext_lazy("Deliver"), gettext_lazy("Recorded a delivery")),
    "submit": (gettext_lazy("Submit"), gettext_lazy("Submitted on the site")),
    "confirm": (gettext_lazy("Confirm"), gettext_lazy("Confirmed by its holder")),
    "renew": (gettext_lazy("Renew"), gettext_lazy("Confirmed a new version")),
    "second": (gettext_lazy("Second"), gettext_lazy("Confirmed by a second person")),
    "disown": (gettext_lazy("Not me"), gettext_lazy("Ended by the owner of the address: “this was not me”")),
    "withdraw": (gettext_lazy("Withdraw"), gettext_lazy("Withdrawn")),
    "change_role": (gettext_lazy("Change role"), gettext_lazy("Role corrected by its holder")),
    "consent": (gettext_lazy("Consent"), gettext_lazy("Consent changed by its holder")),
    "approve": (gettext_lazy("Approve"), gettext_lazy("Listed")),
    "hold": (gettext_lazy("Hold"), gettext_lazy("Held back")),
    "release": (gettext_lazy("Release"), gettext_lazy("Released: the mail to confirm was sent")),
    "decline": (gettext_lazy("Decline"), gettext_lazy("Declined")),
    "merge": (gettext_lazy("Merge"), gettext_lazy("Merged a duplicate into it")),
    "undo": (gettext_lazy("Undo"), gettext_lazy("Put back")),
    "note": (gettext_lazy("Note"), gettext_lazy("Wrote a note")),
    "list_initial": (gettext_lazy("List"), gettext_lazy("Listed as initial signatory")),
    "import": (gettext_lazy("Import"), gettext_lazy("Imported from a list")),
    "erase": (gettext_lazy("Erase"), gettext_lazy("Erased the personal data")),
}


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    for name, (label, message) in LOGGED.items():
        actions.register_action(f"endorsements.{name}", label, message)


def signed_below(page: Page) -> int:
    """How many endorsements stand under this page and those below it."""
    declarations = DeclarationPage.objects.descendant_of(page, inclusive=True).values("pk")
    lists = ImportedList.objects.filter(declaration__in=declarations).count()
    return Endorsement.objects.filter(declaration__in=declarations).count() + lists


@hooks.register("before_delete_page")
def keep_what_is_signed(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A declaration that somebody has endorsed is not deleted, nor is a page above it."""
    if not signed_below(page):
        return None
    messages.error(
        request,
        _("“%(title)s” cannot be deleted: people have put their names under it. Unpublish it instead.")
        % {"title": page.get_admin_display_title()},
    )
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_bulk_action")
def keep_what_is_signed_together(request: HttpRequest, action_type: str, objects: Any, action: Any) -> HttpResponse | None:
    if action_type != "delete" or action.models != [Page]:
        return None
    signed = [page for page in objects if signed_below(page)]
    if not signed:
        return None
    titles = ", ".join(f"“{page.get_admin_display_title()}”" for page in signed)
    messages.error(
        request, _("Nothing was deleted: people have put their names under %(titles)s. Unpublish it instead.") % {"titles": titles}
    )
    return redirect("wagtailadmin_explore", signed[0].get_parent().pk)
