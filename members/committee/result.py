"""What came of a ballot: a pure function of its rule, its quorum and its votes."""

from collections.abc import Iterable
from dataclasses import dataclass

from members.states import Choice, Result, Rule


@dataclass(frozen=True)
class Tally:
    """How many did what. `silent` are those who have not voted; `eligible` are all but those who recused themselves."""

    in_favour: int
    against: int
    abstained: int
    objections: int
    recused: int
    silent: int
    result: Result

    @property
    def took_part(self) -> int:
        return self.in_favour + self.against + self.abstained + self.objections

    @property
    def eligible(self) -> int:
        return self.took_part + self.silent


def tally(rule: str, quorum: int, choices: Iterable[str]) -> Tally:
    """Count. An empty choice is a seat that has not voted.

    No objection: silence is consent, so that one eligible seat is enough; an objection that stands is the result. Majority: more in favour
    than against, objections counted as against; abstaining counts towards the quorum alone. A tie is not adopted.
    """
    cast = list(choices)
    number = {choice: cast.count(choice) for choice in Choice}
    taking_part = sum(number[choice] for choice in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN, Choice.OBJECTION))
    return Tally(
        in_favour=number[Choice.FOR],
        against=number[Choice.AGAINST],
        abstained=number[Choice.ABSTAIN],
        objections=number[Choice.OBJECTION],
        recused=number[Choice.RECUSE],
        silent=cast.count(""),
        result=_result(rule, quorum, number, taking_part, silent=cast.count("")),
    )


def _result(rule: str, quorum: int, number: dict[Choice, int], taking_part: int, *, silent: int) -> Result:
    if rule == Rule.NO_OBJECTION:
        if number[Choice.OBJECTION]:
            return Result.OBJECTED
        return Result.ADOPTED if taking_part + silent and taking_part >= quorum else Result.NO_QUORUM
    if not taking_part or taking_part < quorum:
        return Result.NO_QUORUM
    return Result.ADOPTED if number[Choice.FOR] > number[Choice.AGAINST] + number[Choice.OBJECTION] else Result.REJECTED


def usual_quorum(rule: str, seats: int) -> int:
    """More than half of the seats for a majority; none where silence is consent."""
    return seats // 2 + 1 if rule == Rule.MAJORITY else 0
