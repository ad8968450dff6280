"""What changed between two texts, for people to read: paragraph by paragraph, and within a changed one word by word.

A paragraph is whatever stands between empty lines, with its marks. Nothing is left out: what is the same, folded or added makes the new
text, what is the same, folded or removed the old one.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import groupby

# What two texts may cost to compare, in steps of difflib at its worst: two seconds. Beyond, the old stands before the new, undivided.
PATIENCE = 40_000_000
# A changed paragraph is looked for so many paragraphs ahead, and known by this share of its words.
AHEAD = 10
ALIKE = 0.5

_WORD = re.compile(r"\n|\S+")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that are `same`, `added` or `removed`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that is `same`, `added`, `removed` or `changed`; or `folded`: paragraphs that are the same, far from a change."""

    kind: str
    runs: list[Run] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)


def differences(old: str, new: str) -> list[Change]:
    """How the old text becomes the new one, with one paragraph before and after each change; [] when they are the same."""
    return [] if old == new else list(_fold(_Comparison().changes(_paragraphs(old), _paragraphs(new))))


def _paragraphs(text: str) -> list[str]:
    return text.strip("\n").split("\n\n")


def _whole(kind: str, paragraphs: list[str]) -> Iterator[Change]:
    return (Change(kind, [Run(kind, text)]) for text in paragraphs)


class _Comparison:
    """One comparison of two texts, which ends in good time whatever they are."""

    def __init__(self) -> None:
        self.patience = PATIENCE

    def changes(self, old: list[str], new: list[str]) -> Iterator[Change]:
        for same, before, after in self.stretches(old, new):
            yield from _whole("same", after) if same else self.aligned(before, after)

    def stretches(self, old: list[str], new: list[str]) -> Iterator[tuple[bool, list[str], list[str]]]:
        """The two lists cut into stretches that are the same (True) or different."""
        start = _common(old, new)
        end = _common(old[start:][::-1], new[start:][::-1])
        yield True, old[:start], new[:start]
        yield from self.between(old[start : len(old) - end], new[start : len(new) - end])
        yield True, old[len(old) - end :], new[len(new) - end :]

    def between(self, old: list[str], new: list[str]) -> Iterator[tuple[bool, list[str], list[str]]]:
        """The same of two lists that begin and end differently, as far as patience goes."""
        counts = Counter(new)
        # Each stretch that is found costs at most one look at every pair of equal elements.
        cost = min(len(old), len(new)) * (len(old) + sum(counts[element] for element in old))
        if cost > self.patience:
            yield False, old, new
            return
        self.patience -= cost
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield tag == "equal", old[i1:i2], new[j1:j2]

    def aligned(self, old: list[str], new: list[str]) -> Iterator[Change]:
        """Different paragraphs, those of the new text beside the ones that they were."""
        bags = [Counter(_WORD.findall(text)) for text in old]
        place, added = 0, []
        for text in new:
            bag = Counter(_WORD.findall(text))
            near = {at: _likeness(bags[at], bag) for at in range(place, min(place + AHEAD, len(old)))}
            best = max(near, key=near.__getitem__, default=0)
            if near.get(best, 0) < ALIKE:
                added.append(text)
                continue
            yield from _whole("removed", old[place:best])
            yield from _whole("added", added)
            yield from _whole("same", [text]) if text == old[best] else [Change("changed", list(self.words(old[best], text)))]
            place, added = best + 1, []
        yield from _whole("removed", old[place:])
        yield from _whole("added", added)

    def words(self, old: str, new: str) -> Iterator[Run]:
        for same, before, after in self.stretches(_WORD.findall(old), _WORD.findall(new)):
            for kind, words in [("same", after)] if same else [("removed", before), ("added", after)]:
                if words:
                    yield Run(kind, re.sub(r" ?\n ?", "\n", " ".join(words)))


def _common(one: list[str], other: list[str]) -> int:
    """How many elements two lists begin with alike."""
    return next((place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other)))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two paragraphs have in common, from 0 to 1."""
    return 2 * (one & other).total() / (one.total() + other.total())


def _fold(changes: Iterator[Change]) -> Iterator[Change]:
    groups = [(same, list(group)) for same, group in groupby(changes, key=lambda change: change.kind == "same")]
    for place, (same, group) in enumerate(groups):
        first, last = int(place > 0), len(group) - int(place < len(groups) - 1)
        if same and last - first > 1:
            yield from group[:first]
            yield Change("folded", folded=[change.runs[0].text for change in group[first:last]])
            yield from group[last:]
        else:
            yield from group
