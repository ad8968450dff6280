"""Cleaning of one line of text: white space, composed letters, and what nobody can see."""

import re
import unicodedata

# In characters. No name is longer, and the time that normalising takes grows with the square of the length.
MAX_LENGTH = 1000
VIRAMA = 9  # the combining class of the sign that silences a vowel
# Invisible without being format characters (Cf): blank letters, variation selectors, the joiner of graphemes.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# Joiners are kept in the scripts that need them, and in emoji; elsewhere they only hide.
_CURSIVE = frozenset(
    (
        *("ARABIC", "SYRIAC", "NKO", "MONGOLIAN", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI"),
        *("ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER"),
    )
)
_WITHOUT_SPACES = frozenset(("KHMER", "THAI", "LAO", "MYANMAR"))
JOINERS = {"\u200c": _CURSIVE, "\u200d": _CURSIVE, "\u200b": _WITHOUT_SPACES}
_EMOJI_STYLES = "\ufe0e\ufe0f"


def clean_line(text: str) -> str:
    """The text on one line, as it is seen: single spaces, none at the ends, composed characters (NFC), nothing invisible.

    Idempotent, and never raises. A text longer than MAX_LENGTH is not composed: `validate_line` refuses it.
    """
    line, before = " ".join(text.split()), ""
    # Composing may leave a joiner without a use, and taking it out may let more be composed. It ends, for there are ever fewer of them.
    while line != before and len(line) <= 10 * MAX_LENGTH:  # no time is spent on what is refused
        before = line
        line = " ".join(strip_invisible(_composed(line)).split())
    return line


def _composed(line: str) -> str:
    return unicodedata.normalize("NFC", line) if len(line) <= MAX_LENGTH else line


def strip_invisible(text: str) -> str:
    """The text without characters that nobody can see: soft hyphens, marks of direction, byte order marks, joiners without a use.

    Joiners and variation selectors stay where they change what is seen. White space and control characters stay.
    """
    if text.isascii():
        return text
    text = "".join(char for char in text if not _is_always_hidden(char))
    kept: list[str] = []
    for position, char in enumerate(text):
        if _is_hidden(char) and not _changes_what_is_seen(char, "".join(kept[-1:]), text[position + 1 : position + 2]):
            continue
        kept.append(char)
    return "".join(kept)


def first_invisible(text: str) -> str:
    """The first character that `strip_invisible` takes out; '' if there is none."""
    stripped = strip_invisible(text)
    pairs = zip(text, stripped + "\0" * (len(text) - len(stripped)), strict=True)
    return next((char for char, kept in pairs if char != kept), "")


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or bool(_BLANK.match(char))


def _is_always_hidden(char: str) -> bool:
    return _is_hidden(char) and char not in JOINERS and not _is_variation(char)


def _is_variation(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef" or char in "\u180b\u180c\u180d\u180f"


def _changes_what_is_seen(char: str, before: str, after: str) -> bool:
    if not before:
        return False
    if char in _EMOJI_STYLES:
        return unicodedata.category(before) == "So" or after == "\u20e3"
    if _is_variation(char):
        return _script(before) == ("MONGOLIAN" if char < "\u1900" else "CJK")
    if char == "\u200d" and _is_emoji(after) and (_is_emoji(before) or before in _EMOJI_STYLES):
        return True
    return _joins(char, before, after)


def _is_emoji(char: str) -> bool:
    return bool(char) and (unicodedata.category(char) == "So" or "\U0001f3fb" <= char <= "\U0001f3ff")


def _joins(joiner: str, before: str, after: str) -> bool:
    """Whether a zero-width character is where its script needs it: between letters, or after a virama as in older Malayalam.

    Follows RFC 5892, appendices A.1 and A.2, which allow joiners in domain names in the same places.
    """
    scripts = JOINERS[joiner]
    if _script(before) not in scripts or unicodedata.category(before)[0] not in "LM":
        return False
    if unicodedata.combining(before) == VIRAMA and scripts is _CURSIVE:
        return True
    is_letter = bool(after) and (unicodedata.category(after)[0] == "L" or unicodedata.combining(after) == VIRAMA)
    return is_letter and _script(after) in scripts


def _script(char: str) -> str:
    """The script of a letter or mark, which is the first word of its Unicode name: "MALAYALAM"."""
    return unicodedata.name(char, "").partition(" ")[0]
