"""Count the votes of a ballot: a pure function of its rule, quorum and choices."""

from collections.abc import Iterable
from dataclasses import dataclass

from members.states import BallotResult, VoteChoice, VotingRule


@dataclass(frozen=True)
class VoteCount:
    """The votes by choice, and the result.

    `eligible` are all filled seats but those that recused themselves, reachable or not. `needed` of them must vote.
    """

    in_favour: int
    against: int
    abstained: int
    objections: int
    recused: int
    not_voted: int
    needed: int
    result: BallotResult

    @property
    def votes_cast(self) -> int:
        """Abstentions are votes cast; recusals are not."""
        return self.in_favour + self.against + self.abstained + self.objections

    @property
    def eligible(self) -> int:
        return self.votes_cast + self.not_voted


def votes_needed(percent: int, eligible: int) -> int:
    """How many of so many seats must vote: the share, rounded up, and at least one. Half of eight is four, half of seven is four."""
    return max(1, -(-eligible * percent // 100))


def count_votes(rule: str, quorum_percent: int, choices: Iterable[str]) -> VoteCount:
    """Count votes. An empty choice is a seat that has not voted.

    Without a quorum, nothing is agreed, whatever the rule. No objection: adopted with at least one vote in favour, unless somebody objects.
    Majority: adopted with more votes in favour than against; objections count as against. Abstentions count only towards the quorum.
    """
    votes = list(choices)
    number = {choice: votes.count(choice) for choice in VoteChoice}
    eligible = len(votes) - number[VoteChoice.RECUSE]
    needed = votes_needed(quorum_percent, eligible)
    return VoteCount(
        in_favour=number[VoteChoice.FOR],
        against=number[VoteChoice.AGAINST],
        abstained=number[VoteChoice.ABSTAIN],
        objections=number[VoteChoice.OBJECTION],
        recused=number[VoteChoice.RECUSE],
        not_voted=votes.count(""),
        needed=needed,
        result=_result(rule, number) if eligible - votes.count("") >= needed else BallotResult.NO_QUORUM,
    )


def _result(rule: str, number: dict[VoteChoice, int]) -> BallotResult:
    in_favour, objections = number[VoteChoice.FOR], number[VoteChoice.OBJECTION]
    if rule == VotingRule.NO_OBJECTION:
        if objections:
            return BallotResult.OBJECTED
        return BallotResult.ADOPTED if in_favour else BallotResult.REJECTED
    return BallotResult.ADOPTED if in_favour > number[VoteChoice.AGAINST] + objections else BallotResult.REJECTED
