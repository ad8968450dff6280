"""How large a change of a signed text is: whether it can pass for a corrected slip, or says something else."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.differences import Run, differences

# A slip is a misspelt name, a wrong date, a missing word.
MAX_WORDS = 5
# A sentence that shares no more than this with any other is a new one.
MAX_SIMILARITY = 0.5

# Words that turn a sentence into its opposite, in the languages of the coalition ("t" is what is left of "don’t").
_REVERSING = frozenset(
    (
        *("not", "no", "never", "none", "nobody", "nothing", "nor", "neither", "without", "against", "except", "unless", "cannot", "t"),
        *("ne", "pas", "jamais", "sans", "ni", "aucun", "aucune", "contre", "nunca", "sin", "nada", "nadie", "ningún", "contra"),
    )
)

# Scripts without spaces between words count by characters: Thai to Tibetan, Burmese, Khmer, kana, Chinese.
_WORD = re.compile(r"[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|\w+")
_END_OF_SENTENCE = re.compile(r"(?<=[.!?…;:])\s+|(?<=[。！？。।؟۔])\s*|\n+")


@dataclass(frozen=True)
class ChangeSize:
    """How many words were put in or taken out, the larger of the two; whether a whole sentence was, or a word such as "not"."""

    words: int
    has_other_sentence: bool
    reverses: bool = False

    @property
    def is_large(self) -> bool:
        """Whether it is more than a slip."""
        return self.words > MAX_WORDS or self.has_other_sentence or self.reverses


def change_size(before: str, after: str) -> ChangeSize:
    """The size of the change. Punctuation, capitals and white space do not count."""
    if _words(before) == _words(after):
        return ChangeSize(0, False)
    counts, texts = Counter[str](), {"removed": "", "added": ""}
    for change in differences(before, after):
        for run in change.runs:
            counts[run.kind] += len(_words(run.text))
        if change.kind != "same":
            texts["removed"] += _side(change.runs, "removed")
            texts["added"] += _side(change.runs, "added")
    words = max(counts["removed"], counts["added"])
    old, new = (Counter(word for word in _words(text) if word in _REVERSING) for text in (before, after))
    return ChangeSize(words, words <= MAX_WORDS and _has_other_sentence(texts["removed"], texts["added"]), reverses=old != new)


def _side(runs: Iterable[Run], kind: str) -> str:
    """A changed paragraph as it was (removed) or is (added)."""
    return " ".join(run.text for run in runs if run.kind in (kind, "same")) + "\n"


def _has_other_sentence(before: str, after: str) -> bool:
    """Whether a sentence of either side has no counterpart in the other. Call it for a change of few words."""
    old, new = (Counter(map(tuple, filter(None, map(_words, _END_OF_SENTENCE.split(text))))) for text in (before, after))
    removed, added = list(old - new), list(new - old)
    return any(not _is_among(one, added) for one in removed) or any(not _is_among(one, removed) for one in added)


def _is_among(sentence: tuple[str, ...], others: list[tuple[str, ...]]) -> bool:
    return any(2 * (Counter(sentence) & Counter(other)).total() / (len(sentence) + len(other)) > MAX_SIMILARITY for other in others)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
