"""Readable files → plain values that know their line, so that every complaint can name it.

YAML is read narrowly: words, `true`, `false`, `null`, lists and mappings. Dates and numbers stay words until somebody asks for one,
`NO` is a country and not a negation, and aliases are refused.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.timezone import get_current_timezone, make_aware


class ContentError(Exception):
    """The content cannot be loaded. Its text names every problem found, one a line, as `file:line: what is wrong and what to do`."""


@dataclass(frozen=True)
class Place:
    """Where something was written."""

    file: Path
    line: int = 1

    def __str__(self) -> str:
        try:
            shown = self.file.resolve().relative_to(Path.cwd())
        except ValueError:
            shown = self.file
        return f"{shown}:{self.line}"


def nearest(word: str, known: Iterable[str]) -> str:
    """What a writer may have meant: all that is known when it is little, otherwise what looks most like the word."""
    names = sorted(known)
    if len(names) > 12:
        names = get_close_matches(word, names, n=3, cutoff=0.4) or names[:12]
    return f"Known: {', '.join(names)}."


@dataclass
class Problems:
    """What is wrong, gathered so that an editor mends it all at once."""

    found: list[tuple[Place, str]] = field(default_factory=list)

    def add(self, place: Place, what: str) -> None:
        if (place, what) not in self.found:
            self.found.append((place, what))

    def __len__(self) -> int:
        return len(self.found)

    def stop_if_any(self) -> None:
        """Raises ContentError when there are problems."""
        if self.found:
            ordered = sorted(self.found, key=lambda problem: (str(problem[0].file), problem[0].line))
            raise ContentError("\n".join(f"{place}: {what}" for place, what in ordered))


class Lined(dict[str, Any]):
    """A mapping that knows where it and each of its keys stand."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, Place] = {}

    def at(self, key: str) -> Place:
        return self.places.get(key, self.place)


class LinedList(list[Any]):
    """A list that knows where its items stand."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: list[Place] = []

    def placed(self) -> Iterator[tuple[Any, Place]]:
        return zip(self, self.places, strict=True)


class _Refused(Exception):
    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line, self.what = line, what


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise _Refused(self.peek_event().start_mark.line, "A text that begins with * needs quotation marks.")
        return super().compose_node(parent, index)  # type: ignore[no-any-return]


_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "~": None, "": None}


def read_yaml(text: str, place: Place, problems: Problems) -> Any:
    """The value of a YAML text that begins at `place`; None, with the problem noted, when it cannot be read."""
    try:
        node = _node(text)
        return None if node is None else _value(node, place)
    except _Refused as refused:
        problems.add(Place(place.file, place.line + refused.line), refused.what)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"This is not valid YAML ({error.problem or error.context}). A text with a colon needs quotation marks; indent with spaces."
        problems.add(Place(place.file, place.line + (mark.line if mark else 0)), what)
    except yaml.reader.ReaderError as error:
        line = place.line + text[: error.position].count("\n")
        problems.add(Place(place.file, line), "There is a control character here. Delete it.")
    return None


# A block of a text is read to be checked and again to be built.
@lru_cache(maxsize=1000)
def _node(text: str) -> yaml.Node | None:
    loader = _Loader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def _value(node: yaml.Node, start: Place) -> Any:
    here = Place(start.file, start.line + node.start_mark.line)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, start, here)
    if isinstance(node, yaml.SequenceNode):
        items = LinedList(here)
        for child in node.value:
            items.append(_value(child, start))
            items.places.append(Place(start.file, start.line + child.start_mark.line))
        return items
    if not node.style and node.value in _WORDS:
        return _WORDS[node.value]
    return node.value


def _mapping(node: yaml.MappingNode, start: Place, here: Place) -> Lined:
    mapping = Lined(here)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line
        if not isinstance(key_node, yaml.ScalarNode):
            raise _Refused(line, "A key must be a single word.")
        key = key_node.value
        if key in mapping:
            raise _Refused(line, f"“{key}” stands twice. Keep one.")
        mapping[key] = _value(value_node, start)
        mapping.places[key] = Place(start.file, start.line + line)
    return mapping


def read_text(file: Path, problems: Problems) -> str | None:
    """The text of a file, or None with the problem noted."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        problems.add(Place(file), f"The file cannot be read ({error.strerror}). It must exist and be readable.")
        return None
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        problems.add(Place(file, raw[: error.start].count(b"\n") + 1), "This is not UTF-8. Save the file with the encoding UTF-8.")
        return None


@dataclass
class Article:
    """A Markdown file: the mapping at its head, and the text below with the line it begins on."""

    file: Path
    head: Lined
    text: str
    text_line: int


def read_article(file: Path, problems: Problems) -> Article | None:
    """Raises nothing; None, with the problem noted, when the file has no readable head."""
    text = read_text(file, problems)
    if text is None:
        return None
    lines = text.split("\n")
    if lines[0].strip() != "---":
        problems.add(Place(file), "The file must begin with a line of three hyphens (---), then title and so on, then another such line.")
        return None
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.strip() == "---"), None)
    if end is None:
        problems.add(Place(file), "The head of the file has no end. Put a line of three hyphens (---) after its last entry.")
        return None
    before = len(problems)
    head = read_yaml("\n".join(lines[1:end]), Place(file, 2), problems)
    if not isinstance(head, Lined):
        if len(problems) == before:
            problems.add(Place(file, 2), "The head of the file must hold entries such as “title: …”.")
        return None
    return Article(file, head, "\n".join(lines[end + 1 :]), end + 2)


def as_date(word: Any) -> date:
    """Raises ValueError with words for the editor."""
    try:
        return date.fromisoformat(str(word))
    except ValueError:
        raise ValueError(f"“{word}” is not a date. Write year-month-day, such as 2021-04-07.") from None


def as_moment(word: Any) -> datetime:
    """A date and time, in the site's time zone unless it names another. Raises ValueError with words for the editor."""
    try:
        moment = datetime.fromisoformat(str(word))
    except ValueError:
        raise ValueError(f"“{word}” is not a moment. Write 2021-04-07 09:00.") from None
    return moment if moment.tzinfo else make_aware(moment, get_current_timezone())


def as_number(word: Any) -> Decimal:
    """Raises ValueError with words for the editor."""
    try:
        number = Decimal(str(word))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"“{word}” is not a number. Write it with a point, such as 4.45.")
    return number


def as_whole_number(word: Any) -> int:
    """Raises ValueError with words for the editor."""
    if str(word).isascii() and str(word).isdigit() and len(str(word)) < 10:
        return int(word)
    raise ValueError(f"“{word}” is not a whole number.")
