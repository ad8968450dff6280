"""Values from files → values of StreamField blocks, following the blocks' own definitions.

So a new block needs nothing here: its keys, limits and choices are read from its class. Two passes use the same code: one checks
against what the files hold, before anything is written; one builds with the pages and pictures that exist by then.
"""

from collections.abc import Callable
from types import NoneType
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db.models import Model
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from cms.blocks.media import DocumentItemBlock

from .markdown import Piece, pieces, rich_text
from .source import Article, Lined, LinedList, Place, Problems, read_yaml

Value = Any
_WRONG: Value = object()  # stands for a value whose problem is noted


class Targets(Protocol):
    """What a text may point to. Each method notes a problem and answers None when there is no such thing."""

    exist: bool  # whether the answers are things in the database, or None in place of things to be made

    def model_of(self, address: str, place: Place) -> type[Model] | None: ...

    def page(self, address: str, place: Place) -> Any: ...

    def link(self, address: str, place: Place) -> str | None: ...

    def image(self, picture: Any, place: Place) -> Any: ...

    def document(self, item: Lined) -> Any: ...


class Streams:
    """Makes block values; what is wrong with them goes to `problems`."""

    def __init__(self, targets: Targets, problems: Problems) -> None:
        self.targets, self.problems = targets, problems
        self._chosen = 0  # how often something to be made was pointed to

    def body(self, block: StreamBlock, article: Article) -> Any:
        """The StreamField value of an article's text."""
        features = block.child_blocks["text"].features if "text" in block.child_blocks else []
        found = pieces(article.text, Place(article.file, article.text_line), self.targets.link, self.problems, features)
        values = [(piece.kind, self._piece(block, piece)) for piece in found]
        return block.normalize([(kind, value) for kind, value in values if kind in block.child_blocks and value is not _WRONG])

    def stream(self, block: StreamBlock, raw: Any, place: Place) -> Any:
        """The value of a stream with one kind of block, from a list."""
        ((kind, child),) = block.child_blocks.items()
        values = [self._value(child, item, at) for item, at in self._items(raw, place)]
        if block.meta.max_num and len(values) > block.meta.max_num:
            self.problems.add(place, f"There is room for {block.meta.max_num}, not {len(values)}. Take some away.")
        return block.normalize([(kind, value) for value in values if value is not _WRONG])

    def prose(self, raw: Any, place: Place, features: list[str]) -> str:
        """The HTML of a short Markdown text."""
        return rich_text(_words(raw), place, self.targets.link, self.problems, features)

    def page(self, raw: Any, place: Place, wanted: tuple[type[Model], ...] = ()) -> Any:
        """The page behind `page:/…/` or `post:…`, of one of the wanted kinds if any are named."""
        model = self.targets.model_of(_words(raw), place)
        if model is None:
            return None
        if wanted and not issubclass(model, wanted):
            kinds = " or ".join(str(kind._meta.verbose_name) for kind in wanted)
            self.problems.add(place, f"“{raw}” is a {model._meta.verbose_name}; it must be a {kinds}.")
        return self.targets.page(_words(raw), place)

    def _piece(self, block: StreamBlock, piece: Piece) -> Value:
        child = block.child_blocks.get(piece.kind)
        if child is None or (piece.fenced and piece.kind in ("text", "heading")):
            known = ", ".join(sorted(set(block.child_blocks) - {"text", "heading"}))
            self.problems.add(piece.place, f"There is no block “{piece.kind}” here. Text and headings are Markdown; blocks are {known}.")
            return _WRONG
        if piece.kind == "text":
            return piece.value
        if not piece.fenced:
            raw: Any = Lined(piece.place)
            raw.update(piece.value)
        else:
            before = len(self.problems)
            raw = read_yaml(piece.value, piece.place, self.problems)
            if len(self.problems) > before:
                return _WRONG
        return self._value(child, raw, piece.place)

    def _value(self, block: blocks.Block, raw: Any, place: Place) -> Value:
        writers: tuple[tuple[type, Callable[[Any, Any, Place], Value]], ...] = (
            (blocks.StaticBlock, self._static),
            (TypedTableBlock, self._table),
            (blocks.StructBlock, self._struct),
            (blocks.ListBlock, self._list),
            (blocks.ChooserBlock, self._choice),
            (blocks.RichTextBlock, self._rich_text),
        )
        for kind, write in writers:
            if isinstance(block, kind):
                return write(block, raw, place)
        return self._leaf(block, raw, place)

    def _struct(self, block: blocks.StructBlock, raw: Any, place: Place) -> Value:
        if not isinstance(raw, Lined):
            self.problems.add(place, f"Here entries are expected: {', '.join(block.child_blocks)}.")
            return _WRONG
        before, chosen = len(self.problems), self._chosen
        raw = self._with_document(block, raw)
        for key in raw:
            if key not in block.child_blocks:
                self.problems.add(raw.at(key), f"There is no “{key}” here, only {', '.join(self._keys(block))}.")
        value = {name: self._child(child, name, raw) for name, child in block.child_blocks.items()}
        if len(self.problems) > before:
            return _WRONG
        struct = block.normalize(value)
        if self.targets.exist or self._chosen == chosen:
            self._clean(block, struct, raw)
        return struct

    @staticmethod
    def _keys(block: blocks.StructBlock) -> list[str]:
        return ["file" if isinstance(child, DocumentChooserBlock) else name for name, child in block.child_blocks.items()]

    def _with_document(self, block: blocks.StructBlock, raw: Lined) -> Lined:
        """A resource names its `file`; title and language then belong to the stored document."""
        if not isinstance(block, DocumentItemBlock) or "file" not in raw:
            return raw
        rest = Lined(raw.place)
        rest.places = raw.places
        rest.update({key: value for key, value in raw.items() if key not in ("file", "title", "language")})
        rest["document"] = raw
        return rest

    def _child(self, child: blocks.Block, name: str, raw: Lined) -> Value:
        if raw.get(name) is not None:
            return self._value(child, raw[name], raw.at(name))
        if isinstance(child, blocks.ListBlock):
            return self._list(child, LinedList(raw.at(name)), raw.at(name), name)
        default = child.get_default()
        if isinstance(default, str | NoneType) and not default and isinstance(child, blocks.FieldBlock):
            if child.required:
                self.problems.add(raw.at(name), f"“{name}” is missing. Add it.")
                return _WRONG
            return child.clean(None)  # '' for texts, as the editor's form would store it
        return default

    def _clean(self, block: blocks.StructBlock, value: Any, raw: Lined) -> None:
        try:
            block.clean(value)
        except ValidationError as error:
            for name, wrong in (getattr(error, "block_errors", None) or {"": error}).items():
                self.problems.add(raw.at(name), " ".join([f"“{name}”:" if name else "", *_sentences(wrong)]).strip())

    def _list(self, block: blocks.ListBlock, raw: Any, place: Place, name: str = "") -> Value:
        values = [self._value(block.child_block, item, at) for item, at in self._items(raw, place)]
        least, most = block.meta.min_num, block.meta.max_num
        if least and len(values) < least:
            self.problems.add(place, f"{f'“{name}”: ' if name else ''}At least {least} of these are needed. Add some.")
        if most and len(values) > most:
            self.problems.add(place, f"There is room for {most} of these, not {len(values)}. Take some away.")
        return [value for value in values if value is not _WRONG]

    def _items(self, raw: Any, place: Place) -> list[tuple[Any, Place]]:
        if raw is None:
            return []
        if not isinstance(raw, LinedList):
            self.problems.add(place, "A list is expected here: each entry on a line of its own that begins with a hyphen.")
            return []
        return list(raw.placed())

    def _static(self, _block: Any, raw: Any, place: Place) -> Value:
        if raw is not None:
            self.problems.add(place, "This block has no content of its own. Leave it empty.")
        return None

    def _choice(self, block: blocks.ChooserBlock, raw: Any, place: Place) -> Value:
        self._chosen += 1
        if isinstance(block, ImageChooserBlock):
            return self.targets.image(raw, place)
        if isinstance(block, DocumentChooserBlock):
            return self.targets.document(raw)
        return self.page(raw, place, tuple(block.target_models))

    def _rich_text(self, block: blocks.RichTextBlock, raw: Any, place: Place) -> Value:
        html = self.prose(raw, place, block.features)
        if block.required and not html:
            self.problems.add(place, "A text is missing here.")
        return html

    def _leaf(self, block: blocks.FieldBlock, raw: Any, place: Place) -> Value:
        if isinstance(raw, Lined | LinedList):
            self.problems.add(place, "A single value is expected here, not a list or entries.")
        elif isinstance(block, blocks.BooleanBlock) is not isinstance(raw, bool) and raw is not None:
            way_out = "Write true or false." if isinstance(block, blocks.BooleanBlock) else "Put it in quotation marks."
            self.problems.add(place, f"“{raw}” cannot stand here. {way_out}")
        else:
            try:
                return block.clean(raw)
            except ValidationError as error:
                self.problems.add(place, f"“{raw}”: {' '.join(error.messages)}")
        return _WRONG

    def _table(self, block: TypedTableBlock, raw: Any, place: Place) -> Value:
        """`columns`: a list of {heading, type}; `rows`: a list of lists, one cell a column."""
        if not isinstance(raw, Lined) or set(raw) != {"columns", "rows"}:
            self.problems.add(place, "A table has “columns” (a list of heading and type) and “rows” (a list of lists).")
            return _WRONG
        columns, rows = [], []
        for column, at in self._items(raw["columns"], raw.at("columns")):
            kind = column.get("type", "text") if isinstance(column, Lined) else None
            if kind not in block.child_blocks:
                self.problems.add(at, f"A column has a “heading” and a “type”, one of {', '.join(block.child_blocks)}.")
                return _WRONG
            columns.append({"type": kind, "heading": _words(column.get("heading"))})
        for row, at in self._items(raw["rows"], raw.at("rows")):
            cells = self._items(row, at)
            if len(cells) != len(columns):
                self.problems.add(at, f"This row has {len(cells)} cells, the table {len(columns)} columns. Make them agree.")
                return _WRONG
            kinds = [block.child_blocks[column["type"]] for column in columns]
            values = [self._value(kind, cell, where) for kind, (cell, where) in zip(kinds, cells, strict=True)]
            if _WRONG in values:
                return _WRONG
            rows.append({"values": [_stored(kind, value) for kind, value in zip(kinds, values, strict=True)]})
        return block.to_python({"columns": columns, "rows": rows, "caption": ""})


def _stored(block: blocks.Block, value: Any) -> Any:
    return block.get_prep_value(block.normalize(value)) if value is not None else None


def _words(raw: Any) -> str:
    return "" if raw is None else str(raw).strip()


def _sentences(error: Any) -> list[str]:
    """The words of a block's error, whatever is nested in it."""
    nested = getattr(error, "block_errors", None)
    if isinstance(nested, dict):
        return [sentence for part in nested.values() for sentence in _sentences(part)]
    if isinstance(nested, list):
        return [sentence for part in nested if part for sentence in _sentences(part)]
    return list(error.messages)
