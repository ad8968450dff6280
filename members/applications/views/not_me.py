"""Where the owner of an address says that somebody else typed it."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.links.views import Recovery, opened_by_link
from core.mail.suppression import is_suppressed
from core.web.private_pages import post_data, render_message, render_private
from members.applications import emails
from members.models import Application, Contact, Invitation
from members.models.subjects import found_by

from ..not_me import disown


@opened_by_link(emails.NOT_ME, recovery=Recovery())
def not_me(request: HttpRequest, subject: str) -> HttpResponse:
    row = found_by(subject)
    if not isinstance(row, Application | Invitation | Contact) or not row.email:
        return render_message(request, _("Nothing of you is here"), _("What the mail was about is deleted, and your address with it."))
    if request.method == "POST":
        post_data(request)
        disown(row)
    if is_suppressed(row.email):
        return render_message(
            request,
            _("You will not hear from us again"),
            _("This address gets no mail from here any more."),
            _("Should you want to take part one day, write to us first, so that our mails reach you again."),
        )
    context = {"title": _("This was not you?"), "kind": row._meta.model_name, "row": row}
    return render_private(request, "members/applications/not_me.html", context)
