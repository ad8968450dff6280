"""What strangers may type into one line that everybody will read: a name, a role, an affiliation.

Names of every script are welcome. What is refused is what makes a line look like something else than it is, or do something when a
mail program or a spreadsheet meets it: hidden and reordering characters, piles of accents, addresses, formulas, markup.

A name may be a bare host: Change.org and 350.org are organisations, and neither our pages nor our mails make links of names. With a
scheme, `www.`, a path, a port or a query it is an address.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Of characters. No name is longer, and normalising takes time that grows with the square of the length.
LONGEST_LINE = 1000
MOST_ACCENTS = 3
# Burmese and Tibetan letters carry up to five signs, most of them not accents (combining class 0).
MOST_SIGNS = 5
VIRAMA = 9  # the combining class of the sign that silences a vowel
# Invisible without being format characters (Cf): blank letters, variation selectors, the joiner of graphemes.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# What its place decides: these scripts cannot be written without them, and in others they only hide.
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
    """The text on one line: every kind of white space one space, none at the ends, composed characters (NFC).

    Never raises, whatever comes in, and changes nothing the second time. A text longer than LONGEST_LINE, which `refuse_tricks`
    refuses, is not composed.
    """
    line = " ".join(text.split())
    return unicodedata.normalize("NFC", line) if len(line) <= LONGEST_LINE else line


def refuse_tricks(text: str) -> None:
    """A validator for form and model fields: raises ValidationError for a line that is not what it seems.

    Judges the text as it stands, so a line break is refused: a form cleans first (`LineField`). What passes, passes cleaned too.
    It also looks through compatible forms (NFKC), so that a full-width ＝ or ＠ counts as = or @. Takes no longer for a megabyte.
    """
    refuse_tricks_in_answer(text)
    if not any(unicodedata.category(char).startswith("L") for char in text):
        raise _refusal("no_letter", _("Please write this with at least one letter."))


def refuse_tricks_in_answer(text: str) -> None:
    """The same where a number alone says enough: no name, but how many, or under which number. Raises ValidationError."""
    line = clean_line(text)
    if max(len(text), len(line)) > LONGEST_LINE:
        raise _refusal("too_long", _("This is too long for one line. Please use at most %(limit)d characters."), limit=LONGEST_LINE)
    _refuse_hidden(text)
    _refuse_piles(line)
    _refuse_commands(unicodedata.normalize("NFKC", line).strip())


def refuse_tricks_in_lines(text: str) -> None:
    """The same for a text of several such lines. Raises ValidationError."""
    for line in text.splitlines():
        refuse_tricks(line)


def _refuse_hidden(text: str) -> None:
    """Refuse control characters, line ends, what cannot be seen, and code points without a meaning of their own."""
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
    """Whether a zero-width character stands where its script needs it: between letters, or after a virama as in older Malayalam.

    In the spirit of RFC 5892, appendices A.1 and A.2, which allow the joiners in domain names by the same signs.
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
    """The script of a letter or mark, as its Unicode name begins: "MALAYALAM"."""
    return unicodedata.name(char, "").partition(" ")[0]


def _refuse_piles(line: str) -> None:
    for letter, marks in _marked_letters(unicodedata.normalize("NFD", line)):
        accents = sum(unicodedata.combining(mark) > 0 or unicodedata.category(mark) == "Me" for mark in marks)
        if accents > MOST_ACCENTS or len(marks) > MOST_SIGNS:
            message = _("There are too many accents on the letter “%(letter)s”. Please leave at most %(most)d.")
            raise _refusal("piled_accents", message, letter=letter, most=MOST_ACCENTS)


def _marked_letters(line: str) -> Iterator[tuple[str, str]]:
    """Each run of marks that do not advance, with the character that carries it. A joiner between them ends no run."""
    letter, marks = "", ""
    for char in line:
        if unicodedata.category(char) in ("Mn", "Me"):
            marks += char
        elif char not in _JOINERS:
            yield letter, marks
            letter, marks = char, ""
    yield letter, marks


def _refuse_commands(line: str) -> None:
    """Refuse what a spreadsheet, a browser or a mail program would act on."""
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
    """What a message quotes of somebody's text."""
    return word if len(word) <= 40 else f"{word[:39]}…"


def _refusal(code: str, message: Any, **params: object) -> ValidationError:
    return ValidationError(message, code=code, params=params or None)
