"""What the cells of an uploaded table say: a choice, yes or no, a day. Each parser raises ValidationError, saying what to do."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.search_words import WORD, fold
from core.spreadsheets import Option, Unsettled

# Choices


def choice_parser(values: Mapping[Any, Any], default: Any = "", synonyms: Mapping[str, Any] | None = None) -> Callable[[str], Any]:
    """A parser for one of `values`, each with its label: both are understood, in any case and in British or American spelling."""

    def parse(text: str) -> Any:
        if not text:
            return default
        known = {_choice_key(word): value for word, value in (synonyms or {}).items()}
        for language in (None, "en"):
            with override(language) if language else nullcontext():
                known |= {_choice_key(str(label)): value for value, label in values.items()}
        known |= {_choice_key(str(value)): value for value in values}
        try:
            return known[_choice_key(text)]
        except KeyError:
            words = ", ".join(dict.fromkeys(str(label) for label in values.values()))
            raise ValidationError(_("“%(text)s” is none of these: %(words)s.") % {"text": text[:60], "words": words}) from None

    return parse


def _choice_key(text: str) -> str:
    return " ".join(WORD.findall(fold(text[:200]))).replace("organiz", "organis")


def parse_yes_no(text: str) -> bool:
    """Whether a cell says yes: a word, a number, a cross or a tick. Empty is no."""
    return bool(_yes_no(text.strip("✓✔☑").strip() or "yes" if text else ""))


_yes_no = choice_parser(
    {True: "yes", False: "no"},
    False,
    {**dict.fromkeys(("y", "1", "x", "oui", "si", "sí", "ja"), True), **dict.fromkeys(("n", "0", "non"), False)},
)


# Days

DATE_ORDER = "date_order"
DAY_FIRST, MONTH_FIRST = "day_first", "month_first"
_FIRST_YEAR, _LAST_YEAR = 1800, 2199
# Days that spreadsheet programs count from 30 December 1899, of the years that can be meant.
_SERIALS = range(20_000, 80_000)
_EPOCH = date(1899, 12, 30)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_NUMBERS = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?)?", re.IGNORECASE)
_YEAR = re.compile(r"(\d{4})(?:\.0+)?")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_WORDS = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[ .-]*)?([a-z]{3,9})[ .,-]*(?:(\d{1,2})(?:st|nd|rd|th)?[ ,]+)?(\d{4}|\d{2})", re.IGNORECASE
)


class AmbiguousDay(Exception):
    """A day such as 03/04/2019, which is in March for some and in April for others."""


class Period(date):
    """The first or last day of a year or month, where no more was written: any day from `first` to `last` may be meant."""

    first: date
    last: date

    @classmethod
    def of(cls, first: date, last: date, *, is_end: bool) -> "Period":
        day = last if is_end else first
        period = cls(day.year, day.month, day.day)
        period.first, period.last = first, last
        return period


def agrees(said: date, stored: date | None) -> bool:
    """Whether a day that was written in a table is the stored one, or a year or month that it is in."""
    if stored is None or not isinstance(said, Period):
        return said == stored
    return said.first <= stored <= said.last


def parse_day(text: str, *, is_end: bool = False, order: str = "") -> date:
    """The day that a cell says, in any usual way. Only a year or month is a Period: its first day, or with `is_end` its last.

    Raises ValidationError, or AmbiguousDay while the `order` of day and month is not known.
    """
    text = " ".join(text.split())
    if found := _ISO.fullmatch(text):
        return _date(int(found[1]), int(found[2]), int(found[3]), text)
    if found := _NUMBERS.fullmatch(text):
        return _from_numbers(found, order, text)
    if found := _YEAR.fullmatch(text):
        return Period.of(_date(int(found[1]), 1, 1, text), _date(int(found[1]), 12, 31, text), is_end=is_end)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and int(float(text)) in _SERIALS:
        return _EPOCH + timedelta(days=int(float(text)))
    if found := _YEAR_MONTH.fullmatch(text):
        return _month(int(found[1]), int(found[2]), is_end, text)
    if found := _MONTH_YEAR.fullmatch(text):
        return _month(int(found[2]), int(found[1]), is_end, text)
    if found := _WORDS.fullmatch(text):
        return _from_words(found, is_end, text)
    raise _no_day(text)


def _from_numbers(found: re.Match[str], order: str, text: str) -> date:
    one, sign, two, year = int(found[1]), found[2], int(found[3]), _full_year(found[4])
    if sign == "." or one > 12 or one == two:
        return _date(year, two, one, text)
    if two > 12:
        return _date(year, one, two, text)
    if order not in (DAY_FIRST, MONTH_FIRST):
        raise AmbiguousDay(text)
    return _date(year, two, one, text) if order == DAY_FIRST else _date(year, one, two, text)


def _from_words(found: re.Match[str], is_end: bool, text: str) -> date:
    month = found[2][:3].lower()
    if month not in _MONTHS or (found[1] and found[3]):
        raise _no_day(text)
    number, year = _MONTHS.index(month) + 1, _full_year(found[4])
    day = found[1] or found[3]
    return _date(year, number, int(day), text) if day else _month(year, number, is_end, text)


def _month(year: int, month: int, is_end: bool, text: str) -> date:
    first = _date(year, month, 1, text)
    return Period.of(first, first.replace(day=monthrange(year, month)[1]), is_end=is_end)


def _full_year(digits: str) -> int:
    """In four digits: 1950 to 2049 for two."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise _no_day(text) from None
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise _no_day(text)
    return found


def _no_day(text: str) -> ValidationError:
    return ValidationError(_("“%(text)s” is no day. Write it like 2019-12-31, or only the year.") % {"text": text[:40]})


def ask_date_order(texts: Iterable[str]) -> None:
    """Raise Unsettled if any of these days is ambiguous, with what the first of them would be."""
    doubtful = []
    for text in texts:
        try:
            parse_day(text)
        except AmbiguousDay:
            doubtful.append(text)
        except ValidationError:
            continue
    if doubtful:
        message = _("Some days can be read in two ways. Say which number comes first.")
        raise Unsettled(message, DATE_ORDER, [_order_option(order, doubtful) for order in (DAY_FIRST, MONTH_FIRST)])


def _order_option(order: str, texts: list[str]) -> Option:
    label = _("The day comes first") if order == DAY_FIRST else _("The month comes first")
    sample = (f"{text} → {date_format(parse_day(text, order=order), 'j F Y')}" for text in list(dict.fromkeys(texts))[:4])
    return Option(order, label, tuple(sample))
