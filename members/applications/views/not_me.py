"""Where the owner of an address says that somebody else typed it."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.links import tokens
from core.mail.suppression import is_suppressed
from core.web.private_pages import posted, private, show
from members.applications import emails
from members.applications.not_me import disown
from members.models import Application, Contact, Invitation
from members.models.subjects import found_by

from .links import lost_context, message


@private
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    link = tokens.peek(token, emails.NOT_ME)
    if link is None or not tokens.is_live(link):
        is_expired = link is not None
        return message(request, str(lost_context(is_expired)["title"]), status=410 if is_expired else 404)
    row = found_by(link.subject)
    if not isinstance(row, Application | Invitation | Contact) or not row.email:
        return message(request, _("Nothing of you is here"), _("What the mail was about is deleted, and your address with it."))
    if request.method == "POST":
        posted(request)
        disown(row)
    if is_suppressed(row.email):
        return message(
            request,
            _("You will not hear from us again"),
            _("This address gets no mail from here any more."),
            _("Should you want to take part one day, write to us first, so that our mails reach you again."),
        )
    return show(request, "members/applications/not_me.html", {"title": _("This was not you?"), "kind": row._meta.model_name, "row": row})
