"""The page to report that somebody else entered your email address."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.links.views import Recovery, opened_by_link
from core.mail.suppression import is_suppressed
from core.web.private_pages import post_data, render_message, render_private
from members.applications import emails
from members.models import AddressChange, Application, Contact, Invitation
from members.models.subjects import find_subject

from ..not_me import report_not_me


@opened_by_link(emails.NOT_ME, recovery=Recovery())
def not_me(request: HttpRequest, subject: str) -> HttpResponse:
    """Ask for confirmation, then suppress the address."""
    row = find_subject(subject)
    if not isinstance(row, Application | Invitation | Contact | AddressChange) or not row.email:
        return render_message(request, _("Nothing of you is here"), _("What the mail was about is deleted, and your address with it."))
    if request.method == "POST":
        post_data(request)
        report_not_me(row)
    if is_suppressed(row.email):
        return render_message(
            request,
            _("You will not hear from us again"),
            _("This address gets no mail from here any more."),
            _("Should you want to take part one day, write to us first, so that our mails reach you again."),
        )
    context = {"title": _("This was not you?"), "kind": row._meta.model_name, "row": row}
    return render_private(request, "members/applications/not_me.html", context)
