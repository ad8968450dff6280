"""The minutes of a ballot, as plain text to copy."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import datetime_text
from members.models import Ballot, Vote

from .result import VoteCount, count_votes


def vote_count(ballot: Ballot) -> VoteCount:
    """Count the votes of a ballot."""
    return count_votes(ballot.rule, ballot.quorum, [vote.choice for vote in ballot.votes.all()])


def minutes(ballot: Ballot) -> str:
    """Return the minutes of a ballot, with names and reasons: for the committee, not for the public."""
    count = vote_count(ballot)
    lines = [
        _("Ballot on the application of %(name)s") % {"name": ballot.application.title},
        f"{_('Rule')}: {ballot.get_rule_display()}" + (f" ({_('quorum')}: {ballot.quorum})" if ballot.quorum else ""),
        f"{_('Opened')}: {datetime_text(ballot.opened_at)}",
        f"{_('Closed')}: {datetime_text(ballot.closed_at) if ballot.closed_at else ballot.get_state_display()}",
        "",
        *(_line(vote) for vote in ballot.votes.all()),
        "",
        _("For %(for)d, against %(against)d, abstained %(abstained)d, objections %(objections)d, recused %(recused)d, no vote %(silent)d.")
        % {
            "for": count.in_favour,
            "against": count.against,
            "abstained": count.abstained,
            "objections": count.objections,
            "recused": count.recused,
            "silent": count.not_voted,
        },
        ngettext("%(number)d seat could vote.", "%(number)d seats could vote.", count.eligible) % {"number": count.eligible},
    ]
    if ballot.result:
        lines.append(f"{_('Result')}: {ballot.get_result_display()}.")
    return "\n".join(lines) + "\n"


def _line(vote: Vote) -> str:
    voter = f"{vote.organisation_name} ({vote.person_name})" if vote.person_name else vote.organisation_name
    choice = f"{vote.get_choice_display()}, {datetime_text(vote.cast_at)}" if vote.cast_at else _("no vote")
    return f"- {voter}: {choice}" + (f"\n  {vote.reason}" if vote.reason else "")
