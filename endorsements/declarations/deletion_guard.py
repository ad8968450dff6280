"""What cannot be deleted, because a name stands under it or it stands under a declaration; and what taking a page off the site means.

The database refuses it as well (`on_delete=PROTECT`); here it is refused with an answer.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.models import Page

from endorsements.models import DeclarationPage, Delivery, Endorsement, InitialSignatory, SignOn
from endorsements.states import TAKING_ENDORSEMENTS
from members.models import Organisation


def why_not_deleted(page: Page) -> str:
    """A sentence; '' for a page that may go with all below it. Call it in the transaction that deletes.

    Nobody endorses it meanwhile: for that it must circulate or be open, and until the end of the transaction nobody opens it.
    """
    title = {"title": page.get_admin_display_title()}
    declarations = DeclarationPage.objects.descendant_of(page, inclusive=True).values("pk")
    sign_ons = list(SignOn.objects.filter(declaration__in=declarations).select_for_update())
    if any(model.objects.filter(declaration__in=declarations).exists() for model in (Endorsement, Delivery)):
        return _("“%(title)s” cannot be deleted: people have put their names under it. Unpublish it instead.") % title
    if any(sign_on.state in TAKING_ENDORSEMENTS for sign_on in sign_ons):
        return _("“%(title)s” cannot be deleted: it can be endorsed at this moment. Close it first, or stop circulating it.") % title
    return ""


def keep_what_is_signed(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A declaration that somebody has endorsed or may endorse is not deleted, nor is a page above it."""
    reason = why_not_deleted(page)
    if not reason:
        return None
    messages.error(request, reason)
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def keep_what_is_signed_together(request: HttpRequest, action_type: str, objects: Any, action: Any) -> HttpResponse | None:
    if action_type != "delete" or action.models != [Page]:
        return None
    reasons = list(filter(None, map(why_not_deleted, objects)))
    if not reasons:
        return None
    messages.error(request, " ".join((_("Nothing was deleted."), *reasons)))
    return redirect(action.next_url)


def keep_who_stands_there(request: HttpRequest, instances: Iterable[Any]) -> HttpResponse | None:
    """An organisation that stands under a declaration, or is to, is not deleted."""
    organisations = [one for one in instances if isinstance(one, Organisation)]
    initial = InitialSignatory.objects.filter(organisation__in=organisations).values("organisation")
    endorsing = Endorsement.objects.filter(organisation__in=organisations).values("organisation")
    kept = Organisation.objects.filter(Q(pk__in=initial) | Q(pk__in=endorsing)) if organisations else Organisation.objects.none()
    if not kept:
        return None
    names = ", ".join(f"“{one.name}”" for one in kept)
    messages.error(request, _("Nothing was deleted: %(names)s stands under a declaration, or is to stand there.") % {"names": names})
    return redirect("wagtailsnippets_members_organisation:list")


def what_unpublishing_means(page: Page) -> str:
    """For those who signed; '' while nobody can have."""
    if not isinstance(page, DeclarationPage) or not page.current_sign_on.has_public_list:
        return ""
    if page.current_sign_on.is_over:
        return _("Organisations and people stand behind this declaration. While it is not published nobody can read it, or who they are.")
    return _("It is open for endorsement. While it is not published nobody can read or endorse it, and the links in mails wait.")
