"""A seat's personal page to vote on an application: read, choose, press the button."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.links.views import OpenedLink, Recovery, opened_by_link
from core.transitions import NotPossible
from core.web.private_pages import post_data, render_private, see_other
from members.applications.sections import CONTACT_DETAILS, sections_of
from members.applications.views.files import file_response
from members.committee import emails
from members.models import Vote
from members.models.subjects import found_by
from members.states import NEEDS_REASON

from . import workflow
from .forms import VoteForm

_ADVICE = gettext_lazy("Each seat votes by a link of its own. Look for the latest mail about the ballot, or ask the secretariat.")


def _find_vote(link: OpenedLink) -> Vote | None:
    row = found_by(link.subject)
    return row if isinstance(row, Vote) else None


opened_by_vote_link = opened_by_link(emails.VOTE, find_object=_find_vote, recovery=Recovery(unknown=_ADVICE, expired=_ADVICE))


@opened_by_vote_link
def vote(request: HttpRequest, row: Vote) -> HttpResponse:
    """The application and the ballot paper; until the closing the last vote counts. Afterwards, the result."""
    ballot, now = row.ballot, timezone.now()
    form = VoteForm(initial={"choice": row.choice, "reason": row.reason}, ballot=ballot)
    if request.method == "POST":
        form = VoteForm(post_data(request), ballot=ballot)
        if not ballot.takes_votes(now):
            return _over(request, row)
        if form.is_valid():
            try:
                outcome = workflow.cast(row, choice=form.cleaned_data["choice"], reason=form.cleaned_data["reason"], now=now)
            except NotPossible as problem:
                form.add_error(None, str(problem))
            else:
                return see_other(request, f"{request.path}?done=voted") if outcome == workflow.Outcome.DONE else _over(request, row)
    elif not ballot.takes_votes(now):
        return _over(request, row)
    return _ballot_paper(request, row, form)


def _ballot_paper(request: HttpRequest, row: Vote, form: VoteForm) -> HttpResponse:
    application = row.ballot.application
    was_counted = request.GET.get("done") and not form.is_bound
    context = {
        "title": _("Mistake: %(title)s") % {"title": application.title} if form.errors else application.title,
        "done_message": _("Your vote is counted. Until the closing you can change it.") if was_counted else "",
        "form": form,
        "vote": row,
        "ballot": row.ballot,
        "reasons": row.ballot.votes.filter(choice__in=NEEDS_REASON).exclude(pk=row.pk),
        "application": application,
        "sections": sections_of(application, without=CONTACT_DETAILS),
        "files": application.files.all(),
    }
    return render_private(request, "members/committee/vote.html", context)


def _over(request: HttpRequest, row: Vote) -> HttpResponse:
    """Closed, cancelled or being counted; a conflict for who came to vote."""
    row.refresh_from_db()
    row.ballot.refresh_from_db()
    context = {"title": _("The ballot is over"), "vote": row, "ballot": row.ballot, "application": row.ballot.application}
    return render_private(request, "members/committee/vote_over.html", context, status=409 if request.method == "POST" else 200)


@opened_by_vote_link
def file(_request: HttpRequest, row: Vote, number: int) -> FileResponse:
    """A file of the application, while the ballot runs."""
    if not row.ballot.is_running:
        raise Http404
    return file_response(row.ballot.application, number)
