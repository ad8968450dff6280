"""The minutes of a ballot, as plain text to copy."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import datetime_text
from members.models import Ballot, Vote

from .result import Tally, tally


def tally_of(ballot: Ballot) -> Tally:
    return tally(ballot.rule, ballot.quorum, [vote.choice for vote in ballot.votes.all()])


def minutes(ballot: Ballot) -> str:
    """What was decided by whom and when, line by line; reasons word for word. It is for the committee, not for the public."""
    count = tally_of(ballot)
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
            "silent": count.silent,
        },
        ngettext("%(number)d seat could vote.", "%(number)d seats could vote.", count.eligible) % {"number": count.eligible},
    ]
    if ballot.result:
        lines.append(f"{_('Result')}: {ballot.get_result_display()}.")
    return "\n".join(lines) + "\n"


def _line(vote: Vote) -> str:
    who = f"{vote.organisation_name} ({vote.person_name})" if vote.person_name else vote.organisation_name
    cast = f"{vote.get_choice_display()}, {datetime_text(vote.cast_at)}" if vote.cast_at else _("no vote")
    return f"- {who}: {cast}" + (f"\n  {vote.reason}" if vote.reason else "")
