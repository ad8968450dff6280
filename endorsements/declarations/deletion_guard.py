"""Which pages are not deleted, because people endorse a declaration; and what taking one off the site means."""

from django.utils.translation import gettext as _
from wagtail.models import Page

from endorsements.models import DeclarationPage, Delivery, Endorsement, SignOn
from endorsements.states import TAKING_ENDORSEMENTS


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


def what_unpublishing_means(page: Page) -> str:
    """For those who signed; '' while nobody can have."""
    if not isinstance(page, DeclarationPage) or not page.signing.has_public_list:
        return ""
    if page.signing.is_over:
        return _("Organisations and people stand behind this declaration. While it is not published nobody can read it, or who they are.")
    return _("It is open for endorsement. While it is not published nobody can read or endorse it, and the links in mails wait.")
