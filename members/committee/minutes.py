"""The minutes of a ballot, as plain text to copy."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import datetime_text
from members.models import Ballot, Vote
from members.states import BallotState

from .queries import count, votes_of
from .result import VoteCount


def minutes(ballot: Ballot, now: datetime) -> str:
    """Return the minutes of a ballot, with names and reasons: for the committee, not for the public."""
    votes = votes_of(ballot, now)
    counted = count(ballot, votes)
    lines = [
        _("Ballot on the application of %(name)s") % {"name": ballot.application.title},
        f"{_('Rule')}: {ballot.get_rule_display()}",
        f"{_('Opened')}: {datetime_text(ballot.opened_at)}",
        f"{_('Closed')}: {datetime_text(ballot.closed_at) if ballot.closed_at else ballot.get_state_display()}",
        "",
        *map(_line, votes),
        "",
        *_exceptions(votes, is_known=knows_who_was_asked(ballot)),
        _("For %(for)d, against %(against)d, abstained %(abstained)d, objections %(objections)d, recused %(recused)d, no vote %(silent)d.")
        % {
            "for": counted.in_favour,
            "against": counted.against,
            "abstained": counted.abstained,
            "objections": counted.objections,
            "recused": counted.recused,
            "silent": counted.not_voted,
        },
        *_quorum(ballot, counted),
    ]
    if ballot.result:
        lines.append(f"{_('Result')}: {ballot.get_result_display()}.")
    return "\n".join(lines) + "\n"


def knows_who_was_asked(ballot: Ballot) -> bool:
    """Whether it is recorded who was asked: not of a ballot that ended before that was stored."""
    return ballot.is_running or ballot.quorum_percent is not None


def _line(vote: Vote) -> str:
    voter = f"{vote.organisation_name} ({vote.person_name})" if vote.person_name else vote.organisation_name
    choice = f"{vote.get_choice_display()}, {datetime_text(vote.cast_at)}" if vote.cast_at else _("no vote")
    notes = [recorded_by(vote), vote.get_not_counted_display() and _("Not counted: %(why)s.") % {"why": vote.get_not_counted_display()}]
    return f"- {voter}: {choice}" + "".join(f"\n  {note}" for note in (*notes, vote.reason) if note)


def recorded_by(vote: Vote) -> str:
    """Who recorded the vote; '' if its holder cast it."""
    if not vote.is_recorded:
        return ""
    if vote.recorded_by is None:
        return _("Recorded by a colleague.")
    return _("Recorded by %(name)s.") % {"name": vote.recorded_by.get_full_name()}


def _exceptions(votes: Iterable[Vote], *, is_known: bool) -> Iterator[str]:
    """Who was asked, who could not be, and whose vote does not count."""
    rows = list(votes)
    if is_known:
        asked = sum(not vote.not_asked for vote in rows)
        yield ngettext("%(asked)d of %(all)d seat was asked by email.", "%(asked)d of %(all)d seats were asked by email.", len(rows)) % {
            "asked": asked,
            "all": len(rows),
        }
        for vote in rows:
            if vote.not_asked:
                yield _("Not asked: %(organisation)s (%(why)s).") % {
                    "organisation": vote.organisation_name,
                    "why": vote.get_not_asked_display(),
                }
    for vote in rows:
        if vote.not_counted:
            yield _("Not counted: %(organisation)s (%(why)s).") % {
                "organisation": vote.organisation_name,
                "why": vote.get_not_counted_display(),
            }


def _quorum(ballot: Ballot, counted: VoteCount) -> Iterator[str]:
    if ballot.state == BallotState.CLOSED and ballot.quorum_percent is None:  # counted before there was a share
        if ballot.quorum:
            yield f"{_('Quorum')}: {ballot.quorum}"
        return
    yield _(
        "Quorum: %(needed)d of %(eligible)d filled seats without the recused; %(cast)d voted. Abstaining is voting, silence is not."
    ) % {"needed": counted.needed, "eligible": counted.eligible, "cast": counted.votes_cast}
