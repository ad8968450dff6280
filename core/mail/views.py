"""The page behind "this wasn't me" in an email that a stranger can cause."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.links.views import Recovery, opened_by_link
from core.web.private_pages import post_data, render_message, render_private, see_other

from .not_me import PURPOSE, SUBJECT
from .suppression import is_stored, store

RECOVERY = Recovery(
    unknown=gettext_lazy("Perhaps it was cut in the email. Nothing was changed. Reply to the email, and we will take care of it."),
    expired=gettext_lazy("Links in our emails work for some months. Nothing was changed. Reply to the email, and we will take care of it."),
)


@opened_by_link(PURPOSE, recovery=RECOVERY)
def not_me(request: HttpRequest, subject: str) -> HttpResponse:
    """Ask for confirmation, then see to it that nobody can make us write to this address."""
    digest = subject.removeprefix(SUBJECT)
    if request.method == "POST":
        post_data(request)
        store(digest)
        return see_other(request)
    if is_stored(digest):
        return render_message(
            request,
            _("Nobody can use our forms to email you"),
            _("Nobody can make this website write to this address any more, whatever they type."),
            _("If you want to take part one day, write to us first, so that our emails reach you again."),
        )
    return render_private(request, "core/mail/not_me.html", {"title": _("This was not you?")})
