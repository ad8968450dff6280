"""Reading YAML and front matter. Each value knows its location, so that errors can name file and line."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml


class ContentError(Exception):
    """The content cannot be loaded. The text has one line per problem, as `file:line: what is wrong and what to do`."""


class Location(NamedTuple):
    """A line of a file."""

    file: Path
    line: int = 1

    def __str__(self) -> str:
        file = self.file.resolve()
        return f"{file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else self.file}:{self.line}"

    def below(self, lines: int) -> "Location":
        return Location(self.file, self.line + lines)


class Text(str):  # noqa: SLOT000
    """A value as written, empty for null. Numbers, dates and `true` stay text until a field converts them: `NO` is a country."""

    location: Location


class List(list[Any]):
    location: Location


class Mapping(dict[Any, Any]):
    """Its keys are Text, so they have locations too."""

    location: Location

    def need(self, key: str, kind: "type[Kind]") -> "Kind":
        """The value of a required key. Raises Problem."""
        if not self.get(key):
            raise Problem(self, f"“{key}” is missing. Add it.")
        return expect(self[key], kind)


Value = Text | List | Mapping
Kind = TypeVar("Kind", Text, List, Mapping)


class Problem(Exception):
    """An error in a file. `where` is a location or a value that was read."""

    def __init__(self, where: Location | Value, what: str) -> None:
        super().__init__(what)
        self.location = where if isinstance(where, Location) else where.location


class Problems(list[Problem]):
    """Collects problems, so that all of them can be reported at once."""

    @contextmanager
    def collect(self) -> Iterator[None]:
        try:
            yield
        except Problem as problem:
            self.append(problem)

    def raise_any(self) -> None:
        if self:
            ordered = sorted({(str(problem.location.file), problem.location.line, f"{problem.location}: {problem}") for problem in self})
            raise ContentError("\n".join(line for _file, _line, line in ordered))


class _Loader(yaml.BaseLoader):
    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="a text begins with *", problem_mark=self.peek_event().start_mark)
        return super().compose_node(parent, index)  # type: ignore[no-any-return]


def parse_yaml(text: str, location: Location) -> Value:
    """The value of a YAML text whose first line is at `location`. Raises Problem."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"This is not valid YAML: {error.problem or error.context}. Put texts with : or * in quotation marks; indent with spaces."
        raise Problem(location.below(mark.line if mark else 0), what) from error
    except yaml.reader.ReaderError as error:
        raise Problem(location.below(text[: error.position].count("\n")), "There is a control character here. Delete it.") from error
    return _value(node or yaml.ScalarNode("", ""), location)


def _value(node: yaml.Node, start: Location) -> Value:
    value: Value
    if isinstance(node, yaml.MappingNode):
        value = Mapping()
        for key_node, value_node in node.value:
            key = expect(_value(key_node, start), Text)
            if key in value:
                raise Problem(key, f"“{key}” is here twice. Keep one.")
            value[key] = _value(value_node, start)
    elif isinstance(node, yaml.SequenceNode):
        value = List(_value(child, start) for child in node.value)
    else:
        value = Text("" if not node.style and node.value in ("~", "null") else node.value)
    value.location = start.below(node.start_mark.line if node.start_mark else 0)
    return value


def read_text(file: Path) -> str:
    """The text of a file. Raises Problem."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Problem(Location(file), f"The file cannot be read ({error.strerror}). It must exist and be readable.") from error
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Problem(Location(file, line), "This is not UTF-8. Save the file with the encoding UTF-8.") from error


def is_inside(folder: Path, name: str) -> bool:
    """Whether the folder contains a file of that name."""
    file = folder / name
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def read_front_matter(file: Path) -> tuple[Mapping, str, Location]:
    """The front matter of a Markdown file, the text below, and where that text begins. Raises Problem."""
    text = read_text(file)
    match = re.match(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", text, re.DOTALL | re.MULTILINE)
    if match is None:
        raise Problem(Location(file), "The file must begin with three hyphens (---), then title and so on, then three hyphens again.")
    head = parse_yaml(match[1], Location(file, 2))
    if not isinstance(head, Mapping):
        raise Problem(Location(file, 2), "The head of the file must hold entries such as “title: …”.")
    return head, text[match.end() :], Location(file, 1 + match[0].count("\n"))


_KINDS = {Text: "A single value is", List: "A list is", Mapping: "Entries such as “slug: …” are"}


def expect(value: Value, kind: type[Kind]) -> Kind:
    """The value, if it is of this type. Raises Problem."""
    if not isinstance(value, kind):
        raise Problem(value, f"{_KINDS[kind]} expected here.")
    return value


def expect_keys(value: Value, known: Iterable[str]) -> Mapping:
    """The value, if it is a mapping with these keys only. Raises Problem."""
    mapping = expect(value, Mapping)
    for key in mapping:
        if key not in known:
            raise Problem(key, f"There is no “{key}” here. {suggest(key, known)}")
    return mapping


def as_date(value: Value) -> date:
    """Raises Problem."""
    text = expect(value, Text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(text, f"“{text}” is not a date. Write year-month-day, such as 2021-04-07.") from None


def as_boolean(text: Text) -> bool:
    """Raises Problem."""
    if text not in ("true", "false"):
        raise Problem(text, f"“{text}”: write true or false.")
    return text == "true"


def suggest(word: str, known: Iterable[str]) -> str:
    """The known words most similar to this one, or all if they are few, as a sentence."""
    names = sorted(known)
    if len(names) > 12:
        names = get_close_matches(word, names, n=3, cutoff=0.4) or names[:12]
    return f"Known: {', '.join(names)}."
