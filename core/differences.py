"""The differences between two texts for people to read: by paragraph, and word by word inside a changed paragraph.

Paragraphs are separated by empty lines. The result is complete: all that is the same, folded or added makes up the new text; all that is
the same, folded or removed makes up the old one.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import groupby

# How many steps of difflib a comparison may take at worst, about two seconds. Beyond it the whole old text is shown before the new one.
MAX_STEPS = 40_000_000
# A changed paragraph is searched for this many paragraphs ahead, and recognised by this share of its words.
LOOKAHEAD = 10
MIN_SIMILARITY = 0.5

_WORD = re.compile(r"\n|\S+")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that are `same`, `added` or `removed`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that is `same`, `added`, `removed` or `changed`; or `folded`, for unchanged paragraphs far from any change."""

    kind: str
    runs: list[Run] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)


def differences(old: str, new: str) -> list[Change]:
    """The changes from the old text to the new one, each between one unchanged paragraph before and after; [] if there are none."""
    return [] if old == new else list(_fold(_Comparison().changes(_paragraphs(old), _paragraphs(new))))


def _paragraphs(text: str) -> list[str]:
    return text.strip("\n").split("\n\n")


def _whole(kind: str, paragraphs: list[str]) -> Iterator[Change]:
    return (Change(kind, [Run(kind, text)]) for text in paragraphs)


class _Comparison:
    """One comparison of two texts, which takes at most MAX_STEPS."""

    def __init__(self) -> None:
        self.steps_left = MAX_STEPS

    def changes(self, old: list[str], new: list[str]) -> Iterator[Change]:
        for same, before, after in self.stretches(old, new):
            yield from _whole("same", after) if same else self.aligned(before, after)

    def stretches(self, old: list[str], new: list[str]) -> Iterator[tuple[bool, list[str], list[str]]]:
        """The two lists cut into stretches that are the same (True) or different (False)."""
        start = _common(old, new)
        end = _common(old[start:][::-1], new[start:][::-1])
        yield True, old[:start], new[:start]
        yield from self.between(old[start : len(old) - end], new[start : len(new) - end])
        yield True, old[len(old) - end :], new[len(new) - end :]

    def between(self, old: list[str], new: list[str]) -> Iterator[tuple[bool, list[str], list[str]]]:
        """The same for two lists that begin and end differently. One stretch if comparing them would take too many steps."""
        counts = Counter(new)
        # Each stretch found costs at most one look at every pair of equal elements.
        cost = min(len(old), len(new)) * (len(old) + sum(counts[element] for element in old))
        if cost > self.steps_left:
            yield False, old, new
            return
        self.steps_left -= cost
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield tag == "equal", old[i1:i2], new[j1:j2]

    def aligned(self, old: list[str], new: list[str]) -> Iterator[Change]:
        """Different paragraphs, each of the new text beside the one it replaces."""
        bags = [Counter(_WORD.findall(text)) for text in old]
        position, added = 0, []
        for text in new:
            bag = Counter(_WORD.findall(text))
            near = {at: _similarity(bags[at], bag) for at in range(position, min(position + LOOKAHEAD, len(old)))}
            best = max(near, key=near.__getitem__, default=0)
            if near.get(best, 0) < MIN_SIMILARITY:
                added.append(text)
                continue
            yield from _whole("removed", old[position:best])
            yield from _whole("added", added)
            yield from _whole("same", [text]) if text == old[best] else [Change("changed", list(self.words(old[best], text)))]
            position, added = best + 1, []
        yield from _whole("removed", old[position:])
        yield from _whole("added", added)

    def words(self, old: str, new: str) -> Iterator[Run]:
        for same, before, after in self.stretches(_WORD.findall(old), _WORD.findall(new)):
            for kind, words in [("same", after)] if same else [("removed", before), ("added", after)]:
                if words:
                    yield Run(kind, re.sub(r" ?\n ?", "\n", " ".join(words)))


def _common(one: list[str], other: list[str]) -> int:
    """How many elements at the start of two lists are equal."""
    return next(
        (position for position, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other))
    )


def _similarity(one: Counter[str], other: Counter[str]) -> float:
    """The share of words two paragraphs have in common, from 0 to 1."""
    return 2 * (one & other).total() / (one.total() + other.total())


def _fold(changes: Iterator[Change]) -> Iterator[Change]:
    groups = [(same, list(group)) for same, group in groupby(changes, key=lambda change: change.kind == "same")]
    for position, (same, group) in enumerate(groups):
        first, last = int(position > 0), len(group) - int(position < len(groups) - 1)
        if same and last - first > 1:
            yield from group[:first]
            yield Change("folded", folded=[change.runs[0].text for change in group[first:last]])
            yield from group[last:]
        else:
            yield from group
