"""A seat's personal page to vote on an application: read, choose, press the button."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.links import tokens
from core.transitions import NotPossible
from core.web.private_pages import posted, private, see, show
from members.applications.views.links import lost_context, message
from members.applications.views.read_only import REACHED, as_written, download
from members.membership.forms import VoteForm
from members.models import Vote
from members.models.subjects import found_by
from members.states import NEEDS_REASON

from . import emails, workflow


def of_vote(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the vote that the link is about."""

    @private
    @wraps(view)
    def opened(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        link = tokens.peek(token, emails.VOTE)
        row = found_by(link.subject) if link else None
        if link is None or not isinstance(row, Vote) or not tokens.is_live(link):
            is_expired = link is not None and isinstance(row, Vote)
            title = str(lost_context(is_expired)["title"])
            told = _("Each seat votes by a link of its own. Look for the latest mail about the ballot, or ask the secretariat.")
            return message(request, title, told, status=410 if is_expired else 404)
        return view(request, row, *args, **kwargs)

    return opened


@of_vote
def vote(request: HttpRequest, row: Vote) -> HttpResponse:
    """The application and the ballot paper; until the closing the last vote counts. Objections and recusals of others are
    read at once. Afterwards, what came of it."""
    ballot, now = row.ballot, timezone.now()
    form = VoteForm(initial={"choice": row.choice, "reason": row.reason}, ballot=ballot)
    if request.method == "POST":
        form = VoteForm(posted(request), ballot=ballot)
        if not ballot.takes_votes(now):
            return _over(request, row)
        if form.is_valid():
            try:
                outcome = workflow.cast(row, choice=form.cleaned_data["choice"], reason=form.cleaned_data["reason"], now=now)
            except NotPossible as problem:
                form.add_error(None, str(problem))
            else:
                return see(request, f"{request.path}?done=voted") if outcome == workflow.Outcome.DONE else _over(request, row)
    elif not ballot.takes_votes(now):
        return _over(request, row)
    application = ballot.application
    context = {
        "title": _("Mistake: %(title)s") % {"title": application.title} if form.errors else application.title,
        "said": _("Your vote is counted. Until the closing you can change it.") if request.GET.get("done") and not form.is_bound else "",
        "form": form,
        "vote": row,
        "ballot": ballot,
        "reasons": ballot.votes.filter(choice__in=NEEDS_REASON).exclude(pk=row.pk),
        "application": application,
        "parts": as_written(application, without=REACHED),
        "files": application.files.all(),
    }
    return show(request, "members/committee/vote.html", context)


def _over(request: HttpRequest, row: Vote) -> HttpResponse:
    """Closed, cancelled or being counted; a conflict for who came to vote."""
    row.refresh_from_db()
    row.ballot.refresh_from_db()
    context = {"title": _("The ballot is over"), "vote": row, "ballot": row.ballot, "application": row.ballot.application}
    return show(request, "members/committee/vote_over.html", context, status=409 if request.method == "POST" else 200)


@of_vote
def file(_request: HttpRequest, row: Vote, number: int) -> HttpResponse:
    """A file of the application, while the ballot runs."""
    if not row.ballot.is_running:
        raise Http404
    return download(row.ballot.application, number)  # type: ignore[return-value]
