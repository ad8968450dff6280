"""Whether the name of an organisation reads like that of another one, as somebody who borrows a name would write it. Pure functions.

Spelling, accents, word order, legal forms, letters of other scripts that look like Latin ones, and slips of the pen do not count. The
functions only say that two names are alike; who may bear the name is decided by domains (`members.organisations.known`).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property, lru_cache

from .countries import country_choices
from .keys import name_words
from .look_alikes import DIGITS, LETTERS

MAX_NAME_LENGTH, MAX_WORDS, MAX_WORDS_OF_RUNS = 300, 24, 12
# The least letters of a name for which a slip of the pen, and one word that is inside a longer name, count.
LETTERS_FOR_A_SLIP, LETTERS_OF_A_WORD, LETTERS_OF_A_COMPOUND = 5, 5, 12


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that tell no two organisations apart: articles and the like, and legal forms.
_DROPPED = _words(
    """
    the a an of for and in on at by to de la le les des du el los las y e et en pour der die das dem den und fur von da do dos di del van
    het voor ltd limited inc incorporated llc llp plc cic cio clg npc ngo ong ev gmbh ggmbh asbl aisbl vzw ivzw onlus stichting foundation
    fondation fundacion fundacao stiftung trust verein corp corporation
    """
)
# Names of these words alone, such as "Nurses Association", are inside the names of many others.
_GENERIC = _words(
    """
    action africa african alliance asia asian association associations board care center centre civil clinic coalition college committee
    communities community council doctors europe european federation forum global group groups health healthcare hospital human
    initiative institute international justice league medical medicine midwives movement national network nurse nurses nursing
    organisation organization organisations organizations partners people peoples physicians policy professionals program programme
    project public research resources right rights school services social society students support syndicate union university women
    work worker workers workforce world young youth
    """
)


class Likeness(IntEnum):
    """How alike two names are; a higher one outranks a lower one."""

    NONE = 0
    SHORT = 1  # the same acronym, or the acronym as a word in a longer name
    INSIDE = 2  # one name in a longer one, or the acronym as the name
    SAME = 3


@dataclass(frozen=True)
class Shape:
    """A name as it is compared: its words in order, folded to letters that look different, and which were written in capitals."""

    words: tuple[str, ...]
    capitals: frozenset[str]

    @cached_property
    def joined(self) -> str:
        return "".join(self.words)

    @cached_property
    def sorted(self) -> str:
        return " ".join(sorted(self.words))

    @cached_property
    def initials(self) -> str:
        return "".join(word[0] for word in self.words)

    @cached_property
    def is_distinctive(self) -> bool:
        """Whether the name says who it is when it is found inside a longer one."""
        if len(self.words) == 1:
            return len(self.joined) >= LETTERS_OF_A_WORD and self.words[0] not in _generic()
        return not _generic().issuperset(self.words) or len(self.words) > 2


@lru_cache(maxsize=8192)
def shape(name: str) -> Shape:
    decomposed = unicodedata.normalize("NFKD", name[:MAX_NAME_LENGTH])
    text = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(LETTERS)
    words = [word.translate(DIGITS) if not word.isdecimal() else word for word in _with_letters_joined(name_words(text))]
    kept = [word for word in words if word not in _DROPPED] or words
    pieces = re.split(r"[\s/()\[\]&,;:|_-]+", re.sub(r"[.'’]", "", text))
    capitals = {_skeleton(piece.casefold().translate(DIGITS)) for piece in pieces if len(piece) > 1 and piece.isupper()}
    return Shape(tuple(map(_skeleton, kept[:MAX_WORDS])), frozenset(capitals))


def _with_letters_joined(words: Iterable[str]) -> list[str]:
    """ "w h o" is "who"."""
    found: list[str] = []
    was_letter = False
    for word in words:
        is_letter = len(word) == 1 and word.isalpha() and word.isascii()
        if is_letter and was_letter:
            found[-1] += word
        else:
            found.append(word)
        was_letter = is_letter
    return found


def _skeleton(word: str) -> str:
    """One letter for those that are mistaken for each other, and one spelling for "organization" and "organisation"."""
    return word.replace("vv", "w").replace("rn", "m").replace("i", "l").replace("z", "s")


@cache
def _generic() -> frozenset[str]:
    return frozenset(map(_skeleton, _GENERIC))


# Comparing


def likeness(typed: Shape, known: Shape) -> Likeness:
    """How alike a typed name is to a known one. Acronyms are compared by `acronym_likeness`."""
    if not typed.words or not known.words:
        return Likeness.NONE
    if typed.sorted == known.sorted or typed.joined == known.joined or _differs_by_slips(typed, known):
        return Likeness.SAME
    if len(typed.words) == 1 and len(known.words) > 2 and typed.joined == known.initials:
        return Likeness.INSIDE
    return Likeness.INSIDE if known.is_distinctive and _is_inside(known, typed) else Likeness.NONE


def acronym_likeness(typed: Shape, acronym: Shape, *, is_famous: bool) -> Likeness:
    """How a typed name refers to an organisation by its acronym: as the name, or as a word of it, in capitals or ("WHO Europe", "Who
    Europe") at the ends.
    """
    short = acronym.joined
    if len(short) < 2 or short not in typed.words:
        return Likeness.NONE
    if len(typed.words) == 1:
        return Likeness.INSIDE if len(short) > 2 or short in typed.capitals else Likeness.NONE
    at_an_end = is_famous and len(short) > 2 and short in (typed.words[0], typed.words[-1])
    return Likeness.SHORT if short in typed.capitals or at_an_end else Likeness.NONE


def _differs_by_slips(typed: Shape, known: Shape) -> bool:
    letters = len(known.joined)
    if letters < LETTERS_FOR_A_SLIP:
        return False
    most = 1 if letters < 12 else 2
    if len(typed.words) != len(known.words):
        return abs(len(typed.joined) - letters) < 2 and letters > 7 and edits(typed.joined, known.joined, 1) < 2
    return _pair(typed.words, known.words, most) <= most


def _pair(typed: Iterable[str], known: Iterable[str], most: int) -> int:
    """The slips between two names, word by word in any order; 99 if a word has no counterpart, or more words than `most` differ."""
    left, missing, total = list(typed), [], 0
    for word in known:
        if word in left:
            left.remove(word)
        else:
            missing.append(word)
    if len(missing) > most:
        return 99
    for word in missing:
        best = min(((_slips(other, word), other) for other in left), default=(99, ""))
        if best[0] > 2:
            return 99
        left.remove(best[1])
        total += best[0]
    return total


@lru_cache(maxsize=16384)
def _slips(typed: str, known: str) -> int:
    """The slips between two words, where an abbreviation counts as one; 99 for other words: Zambia is not a misspelt Gambia."""
    most = 0 if len(known) < 4 else 1 if len(known) < 9 else 2
    if len(typed) > 2 and len(known) > 5 and known.startswith(typed):  # "World Health Org."
        return 1
    if abs(len(typed) - len(known)) > most or (typed in _country_words() and known in _country_words()):
        return 99
    if most == 1 and typed[0] != known[0] and typed[-1] != known[-1]:  # one slip is not at both ends
        return 99
    found = edits(typed, known, most)
    return found if found <= most else 99


@cache
def _country_words() -> frozenset[str]:
    return frozenset(_skeleton(word) for _code, name in country_choices() for word in name_words(name))


def edits(one: str, other: str, most: int) -> int:
    """The letters left out, added, changed or swapped with their neighbour between two texts; `most` + 1 if there are more."""
    too_many, length = most + 1, len(other)
    if abs(len(one) - length) > most:
        return too_many
    before: list[int] = []
    row = [min(position, too_many) for position in range(length + 1)]
    for place, letter in enumerate(one, 1):
        two_before, before, row = before, row, [place if place <= most else too_many, *[too_many] * length]
        # Whatever is farther from the diagonal costs more.
        for position in range(max(1, place - most), min(length, place + most) + 1):
            wanted = other[position - 1]
            cost = min(before[position] + 1, row[position - 1] + 1, before[position - 1] + (letter != wanted))
            if place > 1 and position > 1 and letter == other[position - 2] and one[place - 2] == wanted:
                cost = min(cost, two_before[position - 2] + 1)
            row[position] = min(cost, too_many)
        if min(row) > most:
            return too_many
    return row[-1]


def _is_inside(known: Shape, typed: Shape) -> bool:
    if len(known.words) > 1 and len(known.joined) >= LETTERS_OF_A_COMPOUND and known.joined in typed.joined:
        return True
    if len(typed.words) <= len(known.words):
        return False
    if len(known.words) == 2:
        pairs = zip(typed.words, typed.words[1:], strict=False)
        return any(_is_pair(pair, known.words) for pair in pairs)
    left = list(typed.words)
    for word in known.words:
        best = min(((0 if other == word else _slips(other, word), other) for other in left), default=(99, ""))
        if best[0] > 2:
            return False
        left.remove(best[1])
    return True


def _is_pair(typed: tuple[str, str], known: tuple[str, ...]) -> bool:
    return _pair(typed, known, 1) < 2


# Finding those that may be alike


def stored_keys(name: Shape) -> set[str]:
    """The keys to store a name under. Names that are alike have one of `asked_keys` in common, except with several slips."""
    return {f"name:{name.sorted}", f"run:{name.joined}", *_halves(name.joined, (len(name.joined),))}


def asked_keys(name: Shape) -> set[str]:
    """The keys under which names that are alike, or inside this one, are stored."""
    length = len(name.joined)
    keys = {f"run:{name.joined}", *_halves(name.joined, range(length - 2, length + 3))}
    words = name.words[:MAX_WORDS_OF_RUNS]
    for first in range(len(words)):
        for last in range(first + 1, len(words) + 1):
            keys.add(f"name:{' '.join(sorted(words[first:last]))}")
    return keys


def _halves(joined: str, lengths: Iterable[int]) -> Iterator[str]:
    """The first and the second half, as if it had these lengths: a slip of the pen leaves one of them as it was."""
    for length in lengths:
        if length >= LETTERS_FOR_A_SLIP:
            yield f"start:{joined[: length // 2]}"
            yield f"end:{joined[-(length - length // 2) :]}"


# Finding the few of many that may be alike, by stored numbers


def kept_keys(name: Shape, number: Mapping[str, int]) -> set[str]:
    """The keys to keep a name under, so that `wanted_keys` of whatever is alike (`likeness`) has one of them.

    Two names are alike if each word of the known one is in the other, give or take a slip: so one telling word of it is enough, the one
    that the smallest number of names has. Or the words are cut in other places, or the other name is its initials.
    """
    if not name.words:
        return set()
    word = min(name.words, key=lambda word: (number.get(word, 0), word in _generic(), word in _country_words(), len(word) > 8, -len(word)))
    keys = {f"run:{name.joined}", *_halves(name.joined, (len(name.joined),)), f"initials:{name.initials}", *_kept_of_word(word)}
    if len(name.words) > 1 and len(name.joined) >= LETTERS_OF_A_COMPOUND:
        first = min(len("".join(name.words[: name.words.index(word)])), len(name.joined) - LETTERS_OF_A_COMPOUND)
        keys.add(f"part:{name.joined[first : first + LETTERS_OF_A_COMPOUND]}")
    return keys


def wanted_keys(typed: Shape) -> set[str]:
    """The keys (`kept_keys`) of the names that a typed name may be like, or have inside."""
    if not typed.words:
        return set()
    joined, length = typed.joined, len(typed.joined)
    keys = {f"run:{joined}", f"run:{_swapped_in_the_middle(joined)}", *_halves(joined, range(length - 1, length + 2))}
    if len(typed.words) == 1:
        keys.add(f"initials:{joined}")
    keys |= {f"part:{joined[first : first + LETTERS_OF_A_COMPOUND]}" for first in range(length - LETTERS_OF_A_COMPOUND + 1)}
    return keys.union(*map(_wanted_of_word, typed.words))


def _kept_of_word(word: str) -> set[str]:
    """Under what a word is found by those with so many slips that `_slips` forgives: none, one from four letters on, two from nine on."""
    keys = {f"word:{word}"}
    if len(word) > 5:
        keys |= {f"begins:{word[:length]}" for length in range(3, len(word))}
    if len(word) > 8:  # one of its halves has no more than one slip
        half = len(word) // 2
        keys |= {f"left{len(word)}:{part}" for part in _one_left_out(word[:half])}
        keys |= {f"right{len(word)}:{part}" for part in _one_left_out(word[half:])}
    elif len(word) > 3:
        keys |= {f"slip:{part}" for part in _one_left_out(word)}
    return keys


def _wanted_of_word(word: str) -> set[str]:
    keys = {f"word:{word}", f"begins:{word}"}
    if 2 < len(word) < 10:
        keys |= {f"slip:{part}" for part in _one_left_out(word)}
    for length in range(max(9, len(word) - 2), len(word) + 3):
        for more in (-1, 0, 1):
            half, rest = length // 2 + more, length - length // 2 + more
            keys |= {f"left{length}:{part}" for part in _one_left_out(word[:half])}
            keys |= {f"right{length}:{part}" for part in _one_left_out(word[-rest:])}
    return keys


def _one_left_out(text: str) -> set[str]:
    """The text, and what is left without one of its letters: two texts with one slip between them have one of these in common."""
    return {text, *(text[:place] + text[place + 1 :] for place in range(len(text)))}


def _swapped_in_the_middle(text: str) -> str:
    """The two letters on both sides of the middle swapped: the one slip that changes both halves."""
    half = len(text) // 2
    return text[: half - 1] + text[half : half + 1] + text[half - 1 : half] + text[half + 1 :] if half else text
