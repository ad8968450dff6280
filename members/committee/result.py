"""Count the votes of a ballot: a pure function of its rule, quorum and choices."""

from collections.abc import Iterable
from dataclasses import dataclass

from members.states import BallotResult, VoteChoice, VotingRule


@dataclass(frozen=True)
class VoteCount:
    """The votes by choice, and the result. `eligible` are all seats but those that recused themselves."""

    in_favour: int
    against: int
    abstained: int
    objections: int
    recused: int
    not_voted: int
    result: BallotResult

    @property
    def took_part(self) -> int:
        return self.in_favour + self.against + self.abstained + self.objections

    @property
    def eligible(self) -> int:
        return self.took_part + self.not_voted


def count_votes(rule: str, quorum: int, choices: Iterable[str]) -> VoteCount:
    """Count votes. An empty choice is a seat that has not voted.

    No objection: adopted unless somebody objects, with at least one eligible seat. Majority: adopted with more votes in favour than
    against; objections count as against, abstentions only towards the quorum.
    """
    votes = list(choices)
    number = {choice: votes.count(choice) for choice in VoteChoice}
    taking_part = sum(number[choice] for choice in (VoteChoice.FOR, VoteChoice.AGAINST, VoteChoice.ABSTAIN, VoteChoice.OBJECTION))
    return VoteCount(
        in_favour=number[VoteChoice.FOR],
        against=number[VoteChoice.AGAINST],
        abstained=number[VoteChoice.ABSTAIN],
        objections=number[VoteChoice.OBJECTION],
        recused=number[VoteChoice.RECUSE],
        not_voted=votes.count(""),
        result=_result(rule, quorum, number, taking_part, not_voted=votes.count("")),
    )


def _result(rule: str, quorum: int, number: dict[VoteChoice, int], taking_part: int, *, not_voted: int) -> BallotResult:
    if rule == VotingRule.NO_OBJECTION:
        if number[VoteChoice.OBJECTION]:
            return BallotResult.OBJECTED
        return BallotResult.ADOPTED if taking_part + not_voted and taking_part >= quorum else BallotResult.NO_QUORUM
    if not taking_part or taking_part < quorum:
        return BallotResult.NO_QUORUM
    return (
        BallotResult.ADOPTED
        if number[VoteChoice.FOR] > number[VoteChoice.AGAINST] + number[VoteChoice.OBJECTION]
        else BallotResult.REJECTED
    )


def default_quorum(rule: str, seats: int) -> int:
    """Return the default quorum: more than half of the seats for a majority, else none."""
    return seats // 2 + 1 if rule == VotingRule.MAJORITY else 0
