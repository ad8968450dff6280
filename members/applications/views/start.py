"""What leads to the application form: where to look for the link, and all questions as text."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.web.private_pages import private_page, render_private

from ..forms import questions_as_text


@private_page
def check_mail(request: HttpRequest) -> HttpResponse:
    """What follows on asking for the link, the same for everybody."""
    return render_private(request, "members/applications/check_email.html", {"title": _("Check your mail")})


@require_safe
def questions(_request: HttpRequest) -> HttpResponse:
    """All questions, to work on without a connection."""
    response = HttpResponse(questions_as_text(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="application-questions.txt"'
    response["X-Robots-Tag"] = "noindex"
    return response
