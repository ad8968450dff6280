"""What somebody typed, as an email may repeat it: one line of text in which no mail program finds a link.

Mail programs make links of what looks like a host, an address or a phone number, and a browser then opens it as it pleases: `｡` is a dot
to it, and invisible characters are nothing. So the text is taken apart visibly, with a narrow space, and invisible characters that
could hide a dot or turn the text around are dropped: "Exec. Dir", "evil. example", "https: //…". Ordinary names stay as they are.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from numbers import Number
from typing import Any

from django.conf import settings
from django.utils.functional import Promise

GAP = "\u202f"  # a narrow space that does not end a line
WORD_JOINER = "\u2060"
JOINERS = "\u200c\u200d"  # Persian, Indic scripts and emoji need them
SPACES = re.compile(rf"[^\S{GAP}]+")
DOTS = "\\.\u3002"
# A number such as 3.5 is no host; 10.0.0.1 is one.
DOT = re.compile(rf"(?<![\w{DOTS}])\d+\.\d+(?![\w{DOTS}-])|([{DOTS}])(?=[^\s{DOTS})\]}}>\"'”’»,;:!?/])")
AT = re.compile(r"(?<=\S)@(?=\S)")
SCHEME = re.compile(r"(?<=[^\W\d])([+.\w-]*):(?=\S)")
SHARE = re.compile(r"(?<=\\)(?=\\)")  # \\server\folder
PHONE = re.compile(r"\d(?:\W{0,3}\d){6,}")
SIGNS = frozenset(".:@/\\\u3002")


def unlinked(text: str) -> str:
    """The text on one line, without anything that a mail program makes a link of. Idempotent."""
    text = SPACES.sub(" ", _visible(_plain_signs(text))).strip()
    text = SHARE.sub(GAP, text)
    text = AT.sub(f"{GAP}@{GAP}", text)
    text = SCHEME.sub(rf"\1:{GAP}", text)
    text = DOT.sub(lambda found: found[1] + GAP if found[1] else found[0], text)
    return PHONE.sub(lambda found: re.sub(r"\d(?!\Z)", rf"\g<0>{WORD_JOINER}", found[0]), text)


def _plain_signs(text: str) -> str:
    """Signs that only look different (a fullwidth @, a small full stop) as the plain ones, because browsers read them so."""
    return "".join(plain if not SIGNS.isdisjoint(plain := unicodedata.normalize("NFKC", char)) else char for char in text)


def _visible(text: str) -> str:
    return "".join(char for place, char in enumerate(text) if unicodedata.category(char) not in ("Cf", "Cc", "Cs") or _is_kept(text, place))


def _is_kept(text: str, place: int) -> bool:
    """White space, and a joiner between two letters or signs that are not ASCII."""
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return text[place].isspace() or (text[place] in JOINERS and len(around) == 2 and not any(char.isascii() for char in around))


class Unlinked:
    """Stands for an object in the context of an email: each text in it, however deep, is unlinked."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._original, name)
        if not callable(value) or getattr(value, "do_not_call_in_templates", False):
            return without_links(value)
        if getattr(value, "alters_data", False):
            raise AttributeError(name)
        return lambda *arguments: without_links(value(*arguments))

    def __str__(self) -> str:
        return unlinked(str(self._original))

    def __bool__(self) -> bool:
        return bool(self._original)

    def __len__(self) -> int:
        return len(self._original)

    def __iter__(self) -> Iterator[Any]:
        return map(without_links, self._original)

    def __eq__(self, other: object) -> bool:
        return bool(self._original == (other._original if isinstance(other, Unlinked) else other))

    def __hash__(self) -> int:
        return hash(self._original)


def is_own_link(name: str, value: Any) -> bool:
    """Whether the value of this name in the context of an email is a link of ours."""
    return name.endswith("_url") and str(value).startswith(f"{settings.WAGTAILADMIN_BASE_URL}/")


def without_links(value: Any) -> Any:
    """The value with every text in it unlinked. Numbers and dates are as they were."""
    match value:
        case str() | Promise():
            changed = unlinked(str(value))
            return value if changed == value else changed
        case None | Number() | date() | time() | timedelta() | Unlinked():
            return value
        case Mapping():
            return {key: one if is_own_link(key, one) else without_links(one) for key, one in value.items()}
        case list() | tuple():
            return [without_links(one) for one in value]
        case _:
            return Unlinked(value)
