"""The canonical text of a declaration: plain text that always has the same hash, and that anybody can write again by these rules.

What is included: title, subtitle, standfirst, recipients, body and end notes, in this order. What is not: pictures, colours, weights,
widths, bold and italic, empty paragraphs, the ids that the editor stores.

Characters: UTF-8 in Unicode's form NFC; lines end with LF. White space (Unicode's property White_Space) within a line is one space, and
removed at its ends. Control characters and invisible ones are removed: U+00AD, 034F, 061C, 180E, 200B, 200E, 200F, 202A-202E, 2060-206F,
FEFF, FFF9-FFFB, E0000-E007F; U+200C and U+200D too, except after a character of U+0600-1DFF, whose scripts are spelt with them. Removing
and composing are repeated until nothing changes. Blocks are separated by one empty line; the text ends with one LF.

Marks: the title is `# …`, a section `## …`, a sub-section `### …`; the recipients are a block of lines `→ …`; end note 1 begins with
`[1] `. In rich text a paragraph is a block, and a line break a new line in it; a list is a block of lines `- …` or `1. …`, with one more
`- ` in front for each level; a quotation has `> ` before each line; digits in superscript are ¹²³; a link is `its text <address>`. An
address on this site is `<page:12>` or `<document:3>`, by its id, because pages move. A quotation block is `> …` and, with a speaker,
`> — name, role`; a table has its headings and its rows as lines `| … | … |`; key messages begin with `1. `, `2. ` and so on.

Every other kind of block is written from its fields, in the order in which it declares them (`child_blocks`). If all are short, they are
one line, separated by ` · `; a list of such lines has `- ` before each. If some are long, the first field is a heading above them,
`### …`, with one more `#` below another such heading, and the others follow as blocks. Addresses follow the first text. Choices and
checkboxes are left out, because they only change the look. A picture is its alternative text in [ ] and its caption. A picture or a
document without a text of the editor's has that of the library.

There is no escaping: a line that an editor begins with `- ` is a list item.
"""

import hashlib
from collections.abc import Iterable, Iterator
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

# Only change the look.
LOOKS = (blocks.ChoiceBlock, blocks.MultipleChoiceBlock, blocks.BooleanBlock, blocks.StaticBlock, ImageChooserBlock)
_ADDRESSES = (blocks.URLBlock, blocks.EmailBlock, blocks.ChooserBlock)
_LONG_BLOCKS = (blocks.RichTextBlock, blocks.ListBlock, blocks.BaseStreamBlock, BaseTypedTableBlock)


def canonical_text(page: PostPage) -> str:
    """The text of the page as it is in memory. A link block whose page was deleted is only its text."""
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
    """The SHA-256 of the text in UTF-8, in hexadecimal digits: what `sha256sum` prints for a file of it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(filter(None, lines))


def _notes(notes: blocks.StreamValue) -> Iterator[str]:
    for number, note in enumerate(notes, 1):
        first, *more = [*_read(note.block, note.value, 3), ""]
        yield from [marked(f"[{number}]", first), *more]


# The value of a block, as blocks of text


@singledispatch
def _read(block: Any, value: Any, level: int) -> Iterator[str]:
    """The blocks of text of a value; `level` is that of a heading in it."""
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
    if _is_long(block.child_block):
        for item in value:
            yield from _read(block.child_block, item, level)
    else:
        yield _lines(marked("-", _line(block.child_block, item)) for item in value)


@_read.register
def _(block: blocks.BaseStructBlock, value: Any, level: int) -> Iterator[str]:
    if _is_long(block):
        yield from _with_heading(block, value, "#" * min(level, 6), level)
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
        yield from _with_heading(messages.child_block, message, f"{number}.", level)


@_read.register
def _(block: BaseTypedTableBlock, value: Any, level: int) -> Iterator[str]:
    cells = [[" ".join(_read(cell.block, cell.value, level)) for cell in row] for row in value.rows]
    rows = [[column["heading"] or "" for column in value.columns], *cells]
    yield _lines(tidy(f"| {' | '.join(row)} |") for row in rows if row)


def _with_heading(block: Any, value: Any, mark: str, level: int) -> Iterator[str]:
    """The fields of a block, below the first one if that is short."""
    first, *parts = (name for name, child in block.child_blocks.items() if not _is_address(child) and not isinstance(child, LOOKS))
    words = ""
    if _is_long(block.child_blocks[first]):
        parts = [first, *parts]
    else:
        words = marked(mark, _line(block.child_blocks[first], value.get(first)))
    yield _join(words, *_addresses(block, value))
    for name in parts:
        yield from _read(block.child_blocks[name], value.get(name), level + bool(words))


# The value of a block, as one line


def _line(block: Any, value: Any) -> str:
    """The text of a field, or of a block whose fields are all short."""
    if value is None or value == "" or isinstance(block, LOOKS):
        return ""
    if _is_address(block):
        return _address(block, value)
    if isinstance(block, blocks.BaseStructBlock):
        said = _displayed_values(block, value)
        words = (_line(child, said.get(name)) for name, child in block.child_blocks.items() if not _is_address(child))
        first, *more = [*filter(None, words), ""]
        return " · ".join(filter(None, [_join(first, *_addresses(block, value)), *more]))
    return tidy(f"{value:f}" if isinstance(value, Decimal) else str(value))


def _displayed_values(block: Any, value: Any) -> dict[str, Any]:
    """The values as readers see them: without a text of the editor's, that of the picture or the document in the library."""
    if isinstance(block, PictureBlock):
        return {**value, "alt": f"[{value.alt_text}]" if tidy(value.alt_text) else ""}
    if isinstance(block, DocumentItemBlock):
        return {**value, "title": value.name}
    return value


def _join(*pieces: str) -> str:
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


def _is_long(block: Any) -> bool:
    """Whether it contains fields that do not fit on one line."""
    if isinstance(block, blocks.BaseStructBlock):
        return any(map(_is_long, block.child_blocks.values()))
    return isinstance(block, _LONG_BLOCKS)
