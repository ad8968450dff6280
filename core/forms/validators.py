"""Validators for one line of text by a stranger that will be public: a name, a role, an affiliation.

Names in every script are allowed. Text is refused if it looks like something else, or if a mail program or a spreadsheet would act on it:
hidden and reordering characters, piles of accents, email and web addresses, formulas, markup.

A name may be a bare host: Change.org and 350.org are organisations, and neither our pages nor our emails turn names into links. With a
scheme, `www.`, a path, a port or a query it counts as a web address.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# In characters. No name is longer, and the time that normalising takes grows with the square of the length.
MAX_LENGTH = 1000
MAX_ACCENTS = 3
# Burmese and Tibetan letters carry up to five signs, most of them not accents (combining class 0).
MAX_SIGNS = 5
VIRAMA = 9  # the combining class of the sign that silences a vowel
# Invisible without being format characters (Cf): blank letters, variation selectors, the joiner of graphemes.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# Joiners are allowed in the scripts that need them; in others they only hide.
_CURSIVE = frozenset(
    (
        *("ARABIC", "SYRIAC", "NKO", "MONGOLIAN", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI"),
        *("ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER"),
    )
)
_WITHOUT_SPACES = frozenset(("KHMER", "THAI", "LAO", "MYANMAR"))
_JOINERS = {"\u200c": _CURSIVE, "\u200d": _CURSIVE, "\u200b": _WITHOUT_SPACES}
_WEB_ADDRESS = re.compile(r"https?:|://|(?<!\w)www\d?\.\w|\w\.[^\W\d_]{2,63}(?:[/#]|\?\w|:\d)", re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r"mailto:|[^\s@]@[^\s@]{1,255}\.\w", re.IGNORECASE)


def clean_line(text: str) -> str:
    """The text on one line: single spaces, none at the ends, composed characters (NFC).

    Idempotent, and never raises. A text longer than MAX_LENGTH is not composed: `validate_line` refuses it.
    """
    line = " ".join(text.split())
    return unicodedata.normalize("NFC", line) if len(line) <= MAX_LENGTH else line


def validate_line(text: str) -> None:
    """Validate a public line with at least one letter. Raises ValidationError.

    A line break is refused, so forms clean the text first (`LineField`). Compatible characters count as what they stand for (NFKC):
    a full-width ＝ or ＠ as = or @. The time it takes is bounded, whatever the length of the text.
    """
    validate_line_or_number(text)
    if not any(unicodedata.category(char).startswith("L") for char in text):
        raise _refusal("no_letter", _("Please write this with at least one letter."))


def validate_line_or_number(text: str) -> None:
    """Validate a public line that may be a number, such as a registration number. Raises ValidationError."""
    line = clean_line(text)
    if max(len(text), len(line)) > MAX_LENGTH:
        raise _refusal("too_long", _("This is too long for one line. Please use at most %(limit)d characters."), limit=MAX_LENGTH)
    _refuse_hidden(text)
    _refuse_piled_accents(line)
    _refuse_commands(unicodedata.normalize("NFKC", line).strip())


def validate_lines(text: str) -> None:
    """Validate each line of a text as a public line. Raises ValidationError."""
    for line in text.splitlines():
        validate_line(line)


def _refuse_hidden(text: str) -> None:
    """Refuse control characters, line ends, invisible characters and code points without a meaning of their own."""
    for position, char in enumerate(text):
        kind = unicodedata.category(char)
        character = f"U+{ord(char):04X}"
        if kind in ("Cc", "Zl", "Zp"):
            message = _("This contains a line break, a tab or another control character (%(character)s). Please type it anew on one line.")
            raise _refusal("control_character", message, character=character)
        if kind in ("Cs", "Co", "Cn") or char in "\ufffc\ufffd":
            message = _("This contains a character that other computers cannot show (%(character)s). Please replace it.")
            raise _refusal("unknown_character", message, character=character)
        if (kind == "Cf" and not _joins(text, position)) or _BLANK.match(char):
            message = _("This contains a character that nobody can see (%(character)s). Please type the text anew instead of pasting it.")
            raise _refusal("hidden_character", message, character=character)


def _joins(text: str, position: int) -> bool:
    """Whether a zero-width character is where its script needs it: between letters, or after a virama as in older Malayalam.

    Follows RFC 5892, appendices A.1 and A.2, which allow joiners in domain names in the same places.
    """
    scripts = _JOINERS.get(text[position], frozenset())
    before, after = text[position - 1 : position], text[position + 1 : position + 2]
    if not before or _script(before) not in scripts or unicodedata.category(before)[0] not in "LM":
        return False
    if unicodedata.combining(before) == VIRAMA and scripts is _CURSIVE:
        return True
    is_letter = bool(after) and (unicodedata.category(after)[0] == "L" or unicodedata.combining(after) == VIRAMA)
    return is_letter and _script(after) in scripts


def _script(char: str) -> str:
    """The script of a letter or mark, which is the first word of its Unicode name: "MALAYALAM"."""
    return unicodedata.name(char, "").partition(" ")[0]


def _refuse_piled_accents(line: str) -> None:
    for letter, marks in _marked_letters(unicodedata.normalize("NFD", line)):
        accents = sum(unicodedata.combining(mark) > 0 or unicodedata.category(mark) == "Me" for mark in marks)
        if accents > MAX_ACCENTS or len(marks) > MAX_SIGNS:
            message = _("There are too many accents on the letter “%(letter)s”. Please leave at most %(most)d.")
            raise _refusal("piled_accents", message, letter=letter, most=MAX_ACCENTS)


def _marked_letters(line: str) -> Iterator[tuple[str, str]]:
    """Each character with the combining marks on it. A joiner between marks does not end them."""
    letter, marks = "", ""
    for char in line:
        if unicodedata.category(char) in ("Mn", "Me"):
            marks += char
        elif char not in _JOINERS:
            yield letter, marks
            letter, marks = char, ""
    yield letter, marks


def _refuse_commands(line: str) -> None:
    """Refuse text that a spreadsheet, a browser or a mail program would act on."""
    if line.startswith(("=", "+", "-", "@")):
        raise _refusal("formula", _("Please begin with a letter or a digit instead of “%(sign)s”."), sign=line[0])
    if "<" in line or ">" in line:
        raise _refusal("markup", _("Please leave out the signs “<” and “>”."))
    for word in line.split():
        if _MAIL_ADDRESS.search(word):
            raise _refusal("mail_address", _("Please leave out the e-mail address “%(word)s”."), word=_short(word))
        if _WEB_ADDRESS.search(word):
            message = _("Please leave out the web address “%(word)s”. If it is none, put spaces around its signs.")
            raise _refusal("web_address", message, word=_short(word))


def _short(word: str) -> str:
    """The word, shortened to be quoted in an error message."""
    return word if len(word) <= 40 else f"{word[:39]}…"


def _refusal(code: str, message: Any, **params: object) -> ValidationError:
    return ValidationError(message, code=code, params=params or None)
