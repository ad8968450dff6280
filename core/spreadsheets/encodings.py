"""The text of a file whose encoding nobody has named. What is not certain is asked, and never guessed: a wrong guess is a wrong name."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .tables import Option, UnreadableTable, Unsettled

QUESTION = "encoding"
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Those that spreadsheet programs have written, the likeliest first.
_CANDIDATES = {
    "cp1252": gettext_lazy("Western European (Windows-1252)"),
    "cp1250": gettext_lazy("Central European (Windows-1250)"),
    "cp1251": gettext_lazy("Cyrillic (Windows-1251)"),
    "mac_roman": gettext_lazy("Western European (older Mac)"),
    "cp1254": gettext_lazy("Turkish (Windows-1254)"),
    "cp1253": gettext_lazy("Greek (Windows-1253)"),
    "cp1256": gettext_lazy("Arabic (Windows-1256)"),
    "cp1255": gettext_lazy("Hebrew (Windows-1255)"),
    "cp1257": gettext_lazy("Baltic (Windows-1257)"),
    "cp1258": gettext_lazy("Vietnamese (Windows-1258)"),
    "iso8859_2": gettext_lazy("Central European (ISO 8859-2)"),
    "koi8_u": gettext_lazy("Cyrillic (KOI8)"),
    "mac_latin2": gettext_lazy("Central European (older Mac)"),
    "mac_cyrillic": gettext_lazy("Cyrillic (older Mac)"),
    "mac_turkish": gettext_lazy("Turkish (older Mac)"),
    "mac_greek": gettext_lazy("Greek (older Mac)"),
    "cp850": gettext_lazy("Western European (MS-DOS)"),
    "cp852": gettext_lazy("Central European (MS-DOS)"),
    "cp866": gettext_lazy("Cyrillic (MS-DOS)"),
    "gb18030": gettext_lazy("Chinese, simplified"),
    "cp950": gettext_lazy("Chinese, traditional"),
    "cp932": gettext_lazy("Japanese"),
    "cp949": gettext_lazy("Korean"),
    "cp874": gettext_lazy("Thai"),
}
_UTF_16 = {"utf-16-le": "UTF-16", "utf-16-be": gettext_lazy("UTF-16, the other way round")}
_SAMPLED = 20_000  # characters
_MOST_OPTIONS, _MOST_LINES, _MOST_CHARACTERS = 12, 4, 160
_WORDS = re.compile(r"\w+")


def decode(raw: bytes, encoding: str = "") -> str:
    """The text. Raises Unsettled if its encoding has to be named (as `encoding`), UnreadableTable if it is no text."""
    for mark, marked in _MARKS.items():
        if raw.startswith(mark):
            text = _attempt(raw, marked)
            if text is None:
                raise UnreadableTable(_("The encoding of this file is not known. Please save the table anew as “CSV UTF-8”."))
            return _checked(text)
    if (text := _attempt(raw, "utf-8")) is not None and "\0" not in text:
        return text
    options = _options(raw)
    if encoding in {option.value for option in options}:
        return _checked(raw.decode(encoding))
    if not options:
        return _checked(raw.decode("latin-1"))
    message = _("The encoding of this file is not known: say which letters are right, or save the table anew as “CSV UTF-8”.")
    raise Unsettled(message, QUESTION, options)


def _attempt(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _checked(text: str) -> str:
    if "\0" in text:
        message = _("Line %(line)d holds characters that are no text. Please save the table anew as “CSV UTF-8”.")
        raise UnreadableTable(message % {"line": text.count("\n", 0, text.index("\0")) + 1})
    return text.removeprefix("\ufeff")


def _options(raw: bytes) -> list[Option]:
    """The encodings that make a text of the file, each text once, with rows that show the difference; the most plausible first."""
    candidates = _UTF_16 if b"\0" in raw else _CANDIDATES
    texts: dict[str, tuple[str, str]] = {}
    for encoding, label in candidates.items():
        text = _attempt(raw, encoding)
        if text is not None and "\0" not in text and not any(unicodedata.category(char) in ("Co", "Cn") for char in set(text)):
            texts.setdefault(text, (encoding, str(label)))
    if candidates is _UTF_16:
        texts = {text: found for text, found in texts.items() if "\n" in text or "\r" in text}
    ranked = sorted(texts, key=_strangeness)
    return [Option(*texts[text], tuple(_telling_lines(text))) for text in ranked[:_MOST_OPTIONS]]


def _telling_lines(text: str) -> Iterator[str]:
    """The first lines with letters on which encodings differ."""
    lines = (line.strip() for line in text.splitlines())
    telling = [line for line in lines if not line.isascii()]
    yield from (line[:_MOST_CHARACTERS] for line in telling[:_MOST_LINES])


def _strangeness(text: str) -> int:
    """How many signs of a wrong encoding there are: words of two scripts, capitals inside words, symbols and controls."""
    text = text[:_SAMPLED]
    strange = sum(3 for char in text if not char.isascii() and unicodedata.category(char) in ("Cc", "Sm", "So", "Sk", "No", "Lm", "Cf"))
    for word in _WORDS.findall(text):
        if word.isascii():
            continue
        scripts = {unicodedata.name(char, "?").partition(" ")[0] for char in word if char.isalpha()}
        strange += 4 * (len(scripts) - 1)
        if not word.isupper():
            strange += sum(2 for one, two in pairwise(word) if two.isupper() and not (one + two).isascii())
    return strange
