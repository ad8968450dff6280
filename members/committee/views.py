"""The page for a seat of the committee to vote on an application, opened by an emailed link."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.links.views import OpenedLink, Recovery, opened_by_link
from core.transitions import NotPossible
from core.web.private_pages import post_data, render_private, see_other
from members.applications.sections import CONTACT_DETAILS, application_sections
from members.applications.views.files import file_response
from members.committee import emails
from members.models import Vote
from members.models.subjects import find_subject
from members.states import NEEDS_REASON

from . import workflow
from .forms import VoteForm
from .minutes import recorded_by
from .queries import why_not_counted

_ADVICE = gettext_lazy("Each seat votes by a link of its own. Look for the latest email about the ballot, or ask the secretariat.")


def _find_vote(link: OpenedLink) -> Vote | None:
    row = find_subject(link.subject)
    return row if isinstance(row, Vote) else None


opened_by_vote_link = opened_by_link(emails.VOTE, find_object=_find_vote, recovery=Recovery(unknown=_ADVICE, expired=_ADVICE))


@opened_by_vote_link
def vote(request: HttpRequest, row: Vote) -> HttpResponse:
    """Show the application and the form to vote, as often as wanted until the ballot closes; then the result.

    A seat that has ended sees neither form nor application.
    """
    ballot, now = row.ballot, timezone.now()
    if ballot.is_running and why_not_counted(row, now):
        return _render_closed(request, row)
    form = VoteForm(initial={"choice": row.choice, "reason": row.reason}, ballot=ballot)
    if request.method == "POST":
        form = VoteForm(post_data(request), ballot=ballot)
        if not ballot.takes_votes(now):
            return _render_closed(request, row)
        if form.is_valid():
            try:
                outcome = workflow.cast_vote(row, choice=form.cleaned_data["choice"], reason=form.cleaned_data["reason"], now=now)
            except NotPossible as problem:
                form.add_error(None, str(problem))
            else:
                if outcome == workflow.Outcome.DONE:
                    return see_other(request, f"{request.path}?done=voted")
                return _render_closed(request, row)
    elif not ballot.takes_votes(now):
        return _render_closed(request, row)
    return _render_form(request, row, form)


def _render_form(request: HttpRequest, row: Vote, form: VoteForm) -> HttpResponse:
    application = row.ballot.application
    was_counted = request.GET.get("done") and not form.is_bound
    context = {
        "title": _("Mistake: %(title)s") % {"title": application.title} if form.errors else application.title,
        "done_message": _("Thank you. Your vote is recorded. You can change it until the ballot ends.") if was_counted else "",
        "form": form,
        "vote": row,
        "recorded_by": recorded_by(row),
        "ballot": row.ballot,
        "reasons": row.ballot.votes.filter(choice__in=NEEDS_REASON).exclude(pk=row.pk),
        "application": application,
        "sections": application_sections(application, without=CONTACT_DETAILS),
        "files": application.files.all(),
    }
    return render_private(request, "members/committee/vote.html", context)


def _render_closed(request: HttpRequest, row: Vote) -> HttpResponse:
    """Show that the ballot is closed or cancelled, or the seat has ended, with status 409 when somebody tried to vote."""
    row.refresh_from_db()
    ballot = row.ballot
    ballot.refresh_from_db()
    ended = why_not_counted(row, timezone.now()) if ballot.is_running else row.get_not_counted_display()
    title = _("The ballot is over") if not (ended and ballot.is_running) else _("You cannot vote")
    context = {"title": title, "vote": row, "ended": ended, "recorded_by": recorded_by(row), "ballot": ballot}
    context["application"] = ballot.application
    return render_private(request, "members/committee/vote_over.html", context, status=409 if request.method == "POST" else 200)


@opened_by_vote_link
def file(_request: HttpRequest, row: Vote, number: int) -> FileResponse:
    """A file of the application, while the ballot runs."""
    if not row.ballot.is_running or why_not_counted(row, timezone.now()):
        raise Http404
    return file_response(row.ballot.application, number)
