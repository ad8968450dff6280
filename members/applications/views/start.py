"""The first step of joining: an address, to which the link to the form is sent."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.web.private_pages import posted, private, see, show
from members import limits
from members.applications import workflow as applications
from members.applications.forms import ApplyForm, questions_as_text


@private
def apply(request: HttpRequest) -> HttpResponse:
    """Ask for the address. What follows is the same for everybody; the rest is in the mail."""
    if request.method != "POST":
        return _page(request, ApplyForm())
    form = ApplyForm(posted(request))
    if not form.is_valid():
        return _page(request, form)
    address = form.cleaned_data["email"]
    too_often = limits.why_too_often(request, address, limits.JOINING)
    if too_often:
        form.add_error(None, too_often)
        return _page(request, form, status=429)
    applications.start(address, another=form.cleaned_data["another"], language=get_language() or "", now=timezone.now())
    return see(request, reverse("join_check_mail"))


def _page(request: HttpRequest, form: ApplyForm, *, status: int = 200) -> HttpResponse:
    title = _("Apply to join")
    context = {"title": _("Mistake: %(title)s") % {"title": title} if form.is_bound else title, "form": form}
    return show(request, "members/applications/start.html", context, status=status)


@private
def check_mail(request: HttpRequest) -> HttpResponse:
    return show(request, "members/applications/check_email.html", {"title": _("Check your mail")})


@require_safe
def questions(_request: HttpRequest) -> HttpResponse:
    """All questions, to work on without a connection."""
    response = HttpResponse(questions_as_text(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="application-questions.txt"'
    response["X-Robots-Tag"] = "noindex"
    return response
