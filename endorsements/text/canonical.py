"""A declaration's text as people sign it: plain text that hashes the same for ever, and that anybody can write down again.

What counts: title, subtitle, standfirst, recipients, text and end notes, in this order. What does not: pictures, colours, weights,
widths, bold and italic, empty paragraphs, the ids that the editor keeps.

The characters. UTF-8 in Unicode's form NFC; lines end with LF. White space (Unicode's property White_Space) within a line is one
space, at its ends none. Removed are control characters and what nobody sees: U+00AD, 034F, 061C, 180E, 200B, 200E, 200F, 202A-202E,
2060-206F, FEFF, FFF9-FFFB, E0000-E007F; U+200C and U+200D too, except after a character of U+0600-1DFF, whose scripts spell with
them. Removing and composing are repeated until nothing changes. Blocks are parted by one empty line; the text ends with one LF.

The marks. The title is `# …`, a section `## …`, a sub-section `### …`; the recipients are a block of lines `→ …`; end note 1 opens
with `[1] `. In rich text a paragraph is a block, a break a new line in it; a list is a block of lines `- …` or `1. …`, each further
depth with one more `- ` in front; a quotation has `> ` before each line; digits in superscript are ¹²³; a link is `its words
<address>`. An address on this site is `<page:12>` or `<document:3>`, by its id, because pages move.
A quotation block is `> …` and, with a speaker, `> — name, role`; a table has its headings and its rows as lines `| … | … |`; key
messages open with `1. `, `2. ` and so on. Every other kind of block is written from what it is made of, in the order in which it
declares its fields (`child_blocks`): fields alone are one line, parted by ` · `; a list of such lines has `- ` before each. Where there
are longer parts, the first field is the heading over them, `### …`, with one more `#` under another such heading; what else there is
follows as blocks. Addresses stand behind the first words. Choices and ticks are looks. A picture is its alternative text in [ ] and
its caption. A picture or a document of which the editor said nothing has the words that the library has for it.

There is no escaping: who types `- ` at the start of a line has written a list item.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import singledispatch
from typing import Any

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import BaseTypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from cms.blocks.media import DocumentItemBlock, PictureBlock
from cms.blocks.text import HeadingBlock, KeyMessagesBlock, QuoteBlock
from news.models import PostPage

from .plain_text import bracketed, marked, rich_text, tidy

LOOKS = (blocks.ChoiceBlock, blocks.MultipleChoiceBlock, blocks.BooleanBlock, blocks.StaticBlock, ImageChooserBlock)
_ADDRESSES = (blocks.URLBlock, blocks.EmailBlock, blocks.ChooserBlock)
_LONGER = (blocks.RichTextBlock, blocks.ListBlock, blocks.BaseStreamBlock, BaseTypedTableBlock)

_HEADING = re.compile(r"(#{1,6}) (.+)")
_ITEM = re.compile(r"(?:-|([1-9]\d{0,2})\.) (.+)")
_DEEPER = re.compile(r"- (?:-|[1-9]\d{0,2}\.) ")
_WEB_ADDRESS = re.compile(r"(?<=<)(https?://[^\s<>]+)(?=>)")


def canonical_text(page: PostPage) -> str:
    """The page's text, published or not, in the form above. A link block whose page was deleted reads as its words alone."""
    parts = [
        marked("#", page.title),
        tidy(page.subtitle),
        tidy(page.standfirst),
        _lines(marked("→", recipient) for recipient in page.recipients),
        *_read(page.body.stream_block, page.body, 3),
        *_notes(page.notes),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def digest(text: str) -> str:
    """The SHA-256 over the text's UTF-8 bytes, in 64 hexadecimal digits: what `sha256sum` says of it in a file."""
    return hashlib.sha256(text.encode()).hexdigest()


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(filter(None, lines))


def _notes(notes: blocks.StreamValue) -> Iterator[str]:
    for number, note in enumerate(notes, 1):
        first, *more = [*_read(note.block, note.value, 3), ""]
        yield from [marked(f"[{number}]", first), *more]


# A value as blocks of text


@singledispatch
def _read(block: Any, value: Any, level: int) -> Iterator[str]:
    """The blocks of text that a value of this kind of block makes; `level` is that of a heading in it."""
    yield _line(block, value)


@_read.register
def _(block: blocks.RichTextBlock, value: Any, level: int) -> Iterator[str]:
    yield from rich_text(value.source if value else "")


@_read.register
def _(block: blocks.BaseStreamBlock, value: Any, level: int) -> Iterator[str]:
    for child in value:
        yield from _read(child.block, child.value, level)


@_read.register
def _(block: blocks.ListBlock, value: Any, level: int) -> Iterator[str]:
    if _has_longer_parts(block.child_block):
        for item in value:
            yield from _read(block.child_block, item, level)
    else:
        yield _lines(marked("-", _line(block.child_block, item)) for item in value)


@_read.register
def _(block: blocks.BaseStructBlock, value: Any, level: int) -> Iterator[str]:
    if _has_longer_parts(block):
        yield from _headed(block, value, "#" * min(level, 6), level)
    else:
        yield _line(block, value)


@_read.register
def _(block: HeadingBlock, value: Any, level: int) -> Iterator[str]:
    yield marked("###" if value.get("level") == "h3" else "##", value.get("text") or "")


@_read.register
def _(block: QuoteBlock, value: Any, level: int) -> Iterator[str]:
    speaker = ", ".join(filter(None, (tidy(value.get(name) or "") for name in ("name", "role"))))
    yield _lines([marked(">", value.get("text") or ""), marked("> —", speaker)])


@_read.register
def _(block: KeyMessagesBlock, value: Any, level: int) -> Iterator[str]:
    messages = block.child_blocks["items"]
    for number, message in enumerate(value.get("items") or (), 1):
        yield from _headed(messages.child_block, message, f"{number}.", level)


@_read.register
def _(block: BaseTypedTableBlock, value: Any, level: int) -> Iterator[str]:
    cells = [[" ".join(_read(cell.block, cell.value, level)) for cell in row] for row in value.rows]
    rows = [[column["heading"] or "" for column in value.columns], *cells]
    yield _lines(tidy(f"| {' | '.join(row)} |") for row in rows if row)


def _headed(block: Any, value: Any, mark: str, level: int) -> Iterator[str]:
    """The parts of a block, under its first field if that one is short."""
    first, *parts = (name for name, child in block.child_blocks.items() if not _is_address(child) and not isinstance(child, LOOKS))
    words = ""
    if _has_longer_parts(block.child_blocks[first]):
        parts = [first, *parts]
    else:
        words = marked(mark, _line(block.child_blocks[first], value.get(first)))
    yield _joined(words, *_addresses(block, value))
    for name in parts:
        yield from _read(block.child_blocks[name], value.get(name), level + bool(words))


# A value as one line


def _line(block: Any, value: Any) -> str:
    """What a field, or a block of nothing but fields, says."""
    if value is None or value == "" or isinstance(block, LOOKS):
        return ""
    if _is_address(block):
        return _address(block, value)
    if isinstance(block, blocks.BaseStructBlock):
        said = _as_read(block, value)
        words = (_line(child, said.get(name)) for name, child in block.child_blocks.items() if not _is_address(child))
        first, *more = [*filter(None, words), ""]
        return " · ".join(filter(None, [_joined(first, *_addresses(block, value)), *more]))
    return tidy(f"{value:f}" if isinstance(value, Decimal) else str(value))


def _as_read(block: Any, value: Any) -> dict[str, Any]:
    """The fields as a reader meets them: where the editor said nothing, what the library says of the picture or the document."""
    if isinstance(block, PictureBlock):
        return {**value, "alt": f"[{value.alt_text}]" if tidy(value.alt_text) else ""}
    if isinstance(block, DocumentItemBlock):
        return {**value, "title": value.name}
    return value


def _joined(*pieces: str) -> str:
    return " ".join(filter(None, pieces))


def _addresses(block: Any, value: Any) -> list[str]:
    return [_address(child, value.get(name)) for name, child in block.child_blocks.items() if _is_address(child) and value.get(name)]


def _address(block: Any, value: Any) -> str:
    if isinstance(block, blocks.PageChooserBlock):
        value = f"page:{value.pk}"
    elif isinstance(block, DocumentChooserBlock):
        value = f"document:{value.pk}"
    elif isinstance(block, blocks.ChooserBlock):
        value = f"{value._meta.model_name}:{value.pk}"
    elif isinstance(block, blocks.EmailBlock):
        value = f"mailto:{value}"
    return bracketed(value)


def _is_address(block: Any) -> bool:
    return (isinstance(block, _ADDRESSES) and not isinstance(block, LOOKS)) or block.name == "url"


def _has_longer_parts(block: Any) -> bool:
    """Whether it holds more than fields that fit on one line."""
    if isinstance(block, blocks.BaseStructBlock):
        return any(map(_has_longer_parts, block.child_blocks.values()))
    return isinstance(block, _LONGER)


# And back: the text as a template shows it


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one line or several; with `href` a web address to be a link."""

    text: str
    href: str = ""


Runs = list[Run]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A part of a text: `kind` is heading, paragraph, recipients, bullets, numbers, quote or table."""

    kind: str
    parts: list[Runs]  # the items of a list, the lines of recipients, else one
    level: int = 0  # of a heading
    start: int = 1  # the number of a numbered list's first item
    speaker: Runs = field(default_factory=list)  # of a quote
    rows: list[list[Runs]] = field(default_factory=list)  # of a table, the headings first


def as_blocks(text: str, top: int = 1) -> list[TextBlock]:
    """A canonical text read back, every word of it: the title is a heading of level `top`. What is no known form is a paragraph."""
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
    """The list that these lines are, if they are one. A line without a mark, or with that of a deeper list, belongs to the item above."""
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
    if marks != [str(start + place) if start else "" for place in range(len(marks))]:
        return None  # bullets and numbers mixed, or numbers that a list would show otherwise
    return TextBlock("numbers" if start else "bullets", [_runs(part) for part in parts], start=start)


def _runs(words: str) -> Runs:
    """Words with the web addresses in them; the angle brackets stay, so that what is read is what was signed."""
    return [Run(piece, piece if place % 2 else "") for place, piece in enumerate(_WEB_ADDRESS.split(words)) if piece]
