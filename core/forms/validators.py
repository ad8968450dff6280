"""Validators for one line of text by a stranger that will be public: a name, a role, an affiliation.

Names in every script are allowed. What nobody can see is taken out before (`cleaning`). Text is refused if it looks like something else,
or if a mail program or a spreadsheet would act on it: piles of accents, email and web addresses, formulas, markup.

A name may be a bare host: Change.org and 350.org are organisations, and neither our pages nor our emails turn names into links. With a
scheme, `www.`, a path, a port or a query it counts as a web address.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .cleaning import JOINERS, MAX_LENGTH, clean_line, first_invisible

MAX_ACCENTS = 3
# Burmese and Tibetan letters carry up to five signs, most of them not accents (combining class 0).
MAX_SIGNS = 5
_WEB_ADDRESS = re.compile(r"https?:|://|(?<!\w)www\d?\.\w", re.IGNORECASE)
# A host with a path, a port or a query; the last label decides, because St.Mary/St.Joseph Hospital is a name, and Exec.Dir/CEO a role.
_HOST_AND_MORE = re.compile(r"\w\.([^\W\d_]{2,63}|xn--[a-z\d-]+)(?:[/#]|\?\w|:\d)", re.IGNORECASE)
_TOP_LEVEL_NAMES = """
com org net info biz edu gov int mil xyz online site shop top store club link click live app dev page tech cloud space website icu vip
pro name mobi asia coop museum jobs travel ngo ong foundation charity health care clinic hospital doctor news media blog world global
international africa fund gives help support community social events win loan bid trade download party review example test invalid
"""
_TOP_LEVELS = frozenset(_TOP_LEVEL_NAMES.split())
_ALWAYS_TOP_LEVELS = frozenset(("com", "org", "net", "info", "biz", "edu", "gov", "xyz"))
_SIGN = "[=+\\-@]"
# What a spreadsheet would calculate or run: a call, a command, a cell or number with an operator. +Peace and @lliance Santé are names.
_FORMULA = re.compile(
    rf"=|{_SIGN}\s*(?:{_SIGN}|[\"'({{\[]|.*\w\(|.*\||\$?[a-z]{{1,3}}\$?\d+\s*(?:[-+*/^&=:!%,;]|$)|[\d.,]+\s*(?:[-+*/^&=:%]|$)|\W*$)",
    re.IGNORECASE,
)
_MAIL_ADDRESS = re.compile(r"mailto:|[^\s@]@[^\s@]{1,255}\.\w", re.IGNORECASE)


def validate_line(text: str) -> None:
    """Validate a public line with at least one letter. Raises ValidationError.

    A line break is refused, so forms clean the text first (`LineField`). Compatible characters count as what they stand for (NFKC):
    a full-width ＝ or ＠ as = or @. The time it takes is bounded, whatever the length of the text.
    """
    validate_line_or_number(text)
    if not any(unicodedata.category(char).startswith("L") for char in text):
        raise _refusal("no_letter", _("Write this with at least one letter."))


def validate_line_or_number(text: str) -> None:
    """Validate a public line that may be a number, such as a registration number. Raises ValidationError."""
    line = clean_line(text)
    if max(len(text), len(line)) > MAX_LENGTH:
        raise _refusal("too_long", _("This is too long for one line. Use at most %(limit)d characters."), limit=MAX_LENGTH)
    _refuse_hidden(text)
    _refuse_piled_accents(line)
    _refuse_commands(unicodedata.normalize("NFKC", line).strip())


def validate_lines(text: str) -> None:
    """Validate each line of a text as a public line. Raises ValidationError."""
    for line in text.splitlines():
        validate_line(line)


def _refuse_hidden(text: str) -> None:
    """Refuse control characters, line ends, invisible characters and code points without a meaning of their own."""
    for char in text:
        kind = unicodedata.category(char)
        character = f"U+{ord(char):04X}"
        if kind in ("Cc", "Zl", "Zp"):
            message = _("This contains a line break, a tab or another control character (%(character)s). Type it again on one line.")
            raise _refusal("control_character", message, character=character)
        if kind in ("Cs", "Co", "Cn") or char in "\ufffc\ufffd":
            message = _("This contains a character that other computers cannot show (%(character)s). Replace it.")
            raise _refusal("unknown_character", message, character=character)
    if hidden := first_invisible(text):
        message = _("This contains a character that nobody can see (%(character)s). Type the text again instead of pasting it.")
        raise _refusal("hidden_character", message, character=f"U+{ord(hidden):04X}")


def _refuse_piled_accents(line: str) -> None:
    for letter, marks in _marked_letters(unicodedata.normalize("NFD", line)):
        accents = sum(unicodedata.combining(mark) > 0 or unicodedata.category(mark) == "Me" for mark in marks)
        if accents > MAX_ACCENTS or len(marks) > MAX_SIGNS:
            message = _("There are too many accents on the letter “%(letter)s”. Leave at most %(most)d.")
            raise _refusal("piled_accents", message, letter=letter, most=MAX_ACCENTS)


def _marked_letters(line: str) -> Iterator[tuple[str, str]]:
    """Each character with the combining marks on it. A joiner between marks does not end them."""
    letter, marks = "", ""
    for char in line:
        if unicodedata.category(char) in ("Mn", "Me"):
            marks += char
        elif char not in JOINERS:
            yield letter, marks
            letter, marks = char, ""
    yield letter, marks


def _refuse_commands(line: str) -> None:
    """Refuse text that a spreadsheet, a browser or a mail program would act on."""
    if _FORMULA.match(line):
        message = _("A spreadsheet would read this as a formula, because it begins with “%(sign)s”. Begin with a letter.")
        raise _refusal("formula", message, sign=line[0])
    if "<" in line or ">" in line:
        raise _refusal("markup", _("Leave out the signs “<” and “>”."))
    for word in line.split():
        if _MAIL_ADDRESS.search(word):
            raise _refusal("mail_address", _("Leave out the email address “%(word)s”."), word=_short(word))
        if _is_web_address(word):
            message = _("Leave out the web address “%(word)s”. If it isn’t one, put spaces around its signs.")
            raise _refusal("web_address", message, word=_short(word))


def _is_web_address(word: str) -> bool:
    return bool(_WEB_ADDRESS.search(word)) or any(_is_top_level(found[1]) for found in _HOST_AND_MORE.finditer(word))


def _is_top_level(label: str) -> bool:
    """Whether a host may end with it, as it is written: names and titles have a capital after the dot (St.Mary, M.Ed)."""
    if label.lower() in _ALWAYS_TOP_LEVELS or not label.isascii():
        return True
    return label == label.lower() and (len(label) == 2 or label in _TOP_LEVELS or label.startswith("xn--"))


def _short(word: str) -> str:
    """The word, shortened to be quoted in an error message."""
    return word if len(word) <= 40 else f"{word[:39]}…"


def _refusal(code: str, message: Any, **params: object) -> ValidationError:
    return ValidationError(message, code=code, params=params or None)
