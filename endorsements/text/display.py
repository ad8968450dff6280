"""A canonical text as templates show it."""

import re
from dataclasses import dataclass, field

_HEADING = re.compile(r"(#{1,6}) (.+)")
_ITEM = re.compile(r"(?:-|([1-9]\d{0,2})\.) (.+)")
_DEEPER = re.compile(r"- (?:-|[1-9]\d{0,2}\.) ")
_WEB_ADDRESS = re.compile(r"(?<=<)(https?://[^\s<>]+)(?=>)")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; a link if it has a `href`."""

    text: str
    href: str = ""


Runs = list[Run]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A block of text: `kind` is heading, paragraph, recipients, bullets, numbers, quote or table."""

    kind: str
    parts: list[Runs]  # the items of a list, the lines of recipients, else one
    level: int = 0  # of a heading
    start: int = 1  # the number of a numbered list's first item
    speaker: Runs = field(default_factory=list)  # of a quote
    rows: list[list[Runs]] = field(default_factory=list)  # of a table, the headings first


def as_blocks(text: str, top: int = 1) -> list[TextBlock]:
    """Parse a canonical text. The title is a heading of level `top`; what has no known mark is a paragraph."""
    return [_block(chunk, top) for chunk in text.strip("\n").split("\n\n") if chunk]


def _block(chunk: str, top: int) -> TextBlock:
    lines = chunk.split("\n")
    if heading := _HEADING.fullmatch(chunk):
        return TextBlock("heading", [_runs(heading[2])], level=min(len(heading[1]) + top - 1, 6))
    if all(line.startswith("| ") and line.endswith(" |") for line in lines):
        return TextBlock("table", [], rows=[[_runs(cell.strip()) for cell in line[1:-1].split("|")] for line in lines])
    if all(line.startswith("→ ") for line in lines):
        return TextBlock("recipients", [_runs(line[2:]) for line in lines])
    if all(line.startswith("> ") for line in lines):
        speaker = lines.pop()[2:] if len(lines) > 1 and lines[-1].startswith("> — ") else ""
        return TextBlock("quote", [_runs("\n".join(line[2:] for line in lines))], speaker=_runs(speaker))
    return _list(lines) or TextBlock("paragraph", [_runs(chunk)])


def _list(lines: list[str]) -> TextBlock | None:
    """The lines as a list, if they are one. A line without a mark, or with that of a nested list, belongs to the item above."""
    if not _ITEM.match(lines[0]):
        return None
    marks: list[str] = []
    parts: list[str] = []
    for line in lines:
        item = _ITEM.fullmatch(line)
        if item and not (parts and _DEEPER.match(line)):
            marks.append(item[1] or "")
            parts.append(item[2])
        else:
            parts[-1] += f"\n{line.removeprefix('- ')}"
    start = int(marks[0] or 0)
    if marks != [str(start + index) if start else "" for index in range(len(marks))]:
        return None  # bullets and numbers mixed, or numbers that a list cannot show
    return TextBlock("numbers" if start else "bullets", [_runs(part) for part in parts], start=start)


def _runs(text: str) -> Runs:
    """The text with its web addresses as links. The angle brackets stay, so that readers see what was signed."""
    return [Run(piece, piece if position % 2 else "") for position, piece in enumerate(_WEB_ADDRESS.split(text)) if piece]
