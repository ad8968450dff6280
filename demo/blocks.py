"""Converting values from the files to values of fields and StreamField blocks, according to the definitions of the blocks.

Files are converted twice: first to check them, when nothing they refer to is stored yet, then to load them.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page

from cms.end_notes import end_note_errors
from cms.models import SiteDocument, SiteImage
from demo.content import Content
from demo.fields import Entry, field_of
from demo.files import (
    List,
    Location,
    Mapping,
    Problem,
    Problems,
    Text,
    Value,
    as_boolean,
    expect,
    expect_keys,
    is_inside,
    parse_yaml,
    suggest,
)
from demo.markdown import Piece, prose_html, split, to_html
from demo.pictures import Media
from news.models import NewsIndexPage, PostPage
from pages.models import HomePage

_OUTSIDE = ("https://", "http://", "mailto:")


class Converter:
    """Converts values. `pages` has the stored pages by address. Without `pages` and `media`, references are only checked, and None."""

    def __init__(self, content: Content, problems: Problems, pages: dict[str, Page] | None = None, media: Media | None = None) -> None:
        self.content, self.problems, self.pages, self.media = content, problems, pages, media
        self._unresolved = 0  # the number of references to rows that are not stored yet

    def linked_fields(self, entry: Entry) -> dict[str, Any]:
        """The fields of an entry with blocks, rich text, a picture or a page."""
        values: dict[str, Any] = {}
        for name, raw in entry.head.items():
            field = field_of(entry.model, name)
            with self.problems.collect():
                if not raw:
                    continue
                if isinstance(field, StreamField):
                    values[name] = self._stream(field.stream_block, raw)
                elif isinstance(field, RichTextField):
                    values[name] = to_html(expect(raw, Text), self._link, field.features)
                elif isinstance(field, ForeignKey) and field.related_model is SiteImage:
                    values[name] = self._picture(raw)
                elif isinstance(field, ForeignKey) and issubclass(field.related_model, Page):
                    values[name] = self.page(raw)
        if entry.text_location:
            with self.problems.collect():
                values |= self._text(entry, entry.text_location, values)
        return values

    def _text(self, entry: Entry, location: Location, values: dict[str, Any]) -> dict[str, Any]:
        if (entry.model is NewsIndexPage) is bool(entry.text.strip()):
            what = "The news listing has no text of its own. Leave it empty." if entry.text.strip() else "The text is missing."
            raise Problem(location, what)
        if entry.model is NewsIndexPage:
            return {}
        name = "sections" if entry.model is HomePage else "body"
        block = field_of(entry.model, name).stream_block
        body = block.normalize(list(self._pieces(block, entry, location)))
        if issubclass(entry.model, PostPage) and (errors := end_note_errors(body, values.get("notes"))):
            raise Problem(entry.head["notes"], str(errors))
        return {name: body}

    def _pieces(self, block: Any, entry: Entry, location: Location) -> Iterator[tuple[str, Any]]:
        for piece in split(entry.text, location):
            with self.problems.collect():
                yield self._piece(block, piece)

    def _piece(self, block: Any, piece: Piece) -> tuple[str, Any]:
        if not piece.name and "text" in block.child_blocks:
            return "text", prose_html(piece, self._link, block.child_blocks["text"].features)
        if piece.name in ("##", "###"):
            if any(token.type != "text" for token in piece.tokens):
                raise Problem(piece.location, "A heading holds plain words only.")
            heading = {"text": "".join(token.content for token in piece.tokens), "level": f"h{len(piece.name)}"}
            return "heading", _clean(block.child_blocks["heading"], heading, piece.location)
        if piece.name.startswith(("#", "=", "-")):
            raise Problem(piece.location, "Headings are ## for a section and ### for a sub-section; the page's title is in its head.")
        known = block.child_blocks.keys() - {"text", "heading"}
        if piece.name not in known:
            raise Problem(
                piece.location, f"There is no block “{piece.name}”. Text and headings are Markdown; blocks: {', '.join(sorted(known))}."
            )
        return piece.name, self.value(block.child_blocks[piece.name], parse_yaml(piece.text, piece.location))

    def _stream(self, block: Any, raw: Value) -> Any:
        """The value of a stream with a single type of block."""
        ((kind, child),) = block.child_blocks.items()
        items = expect(raw, List)
        if block.meta.max_num and len(items) > block.meta.max_num:
            raise Problem(raw, f"There is room for {block.meta.max_num}, not {len(items)}. Remove some.")
        return block.normalize([(kind, self.value(child, item)) for item in items])

    def value(self, block: Any, raw: Value) -> Any:
        """The value of one block. Raises Problem."""
        if isinstance(block, blocks.StaticBlock):
            if raw:
                raise Problem(raw, "This block has no content of its own. Leave it empty.")
            return None
        if isinstance(block, TypedTableBlock):
            raise Problem(raw, "Tables are made in the editor, not in files.")
        if isinstance(block, blocks.StructBlock):
            return self._struct(block, raw)
        if isinstance(block, blocks.ListBlock):
            return [self.value(block.child_block, item) for item in expect(raw, List)]
        if isinstance(block, blocks.ChooserBlock):
            return self._chosen(block, raw)
        text = expect(raw, Text)
        if isinstance(block, blocks.RichTextBlock):
            return to_html(text, self._link, block.features)
        try:
            return block.clean(as_boolean(text) if isinstance(block, blocks.BooleanBlock) else str(text))
        except ValidationError as error:
            raise Problem(text, f"“{text}”: {' '.join(error.messages)}") from error

    def _struct(self, block: blocks.StructBlock, raw: Value) -> Any:
        entries, pointed = expect_keys(raw, block.child_blocks), self._unresolved
        value: dict[str, Any] = {}
        for name, child in block.child_blocks.items():
            if entries.get(name):
                value[name] = self.value(child, entries[name])
            elif isinstance(child, blocks.ListBlock):
                value[name] = []
            else:
                value[name] = child.get_default()
                if value[name] in (None, "") and child.required:
                    raise Problem(raw, f"“{name}” is missing. Add it.")
        return _clean(block, value, entries) if self._unresolved == pointed else block.normalize(value)

    def _chosen(self, block: blocks.ChooserBlock, raw: Value) -> Any:
        if isinstance(block, ImageChooserBlock):
            return self._picture(raw)
        if isinstance(block, DocumentChooserBlock):
            return self._document(raw)
        return self.page(raw, tuple(block.target_models))

    def page(self, raw: Value, wanted: tuple[type[Any], ...] = ()) -> Page | None:
        """The page at `page:/…/` or `post:…`, which must be of one of the `wanted` models, if any are given."""
        address = expect(raw, Text)
        if address not in self.content.addresses:
            advice = suggest(address, self.content.addresses)
            raise Problem(address, f"“{address}” is no page or post of this site. Write page:/…/ or post:…. {advice}")
        entry = self.content.entry_at(address)
        if entry and wanted and not issubclass(entry.model, wanted):
            kinds = " or ".join(str(kind._meta.verbose_name) for kind in wanted)
            raise Problem(address, f"“{address}” is a {entry.model._meta.verbose_name}; it must be a {kinds}.")
        self._unresolved += self.pages is None
        return self.pages[address] if self.pages is not None else None

    def _link(self, target: Text) -> str:
        if target.startswith(_OUTSIDE):
            return f'href="{escape(target)}"'
        if not target.startswith(("page:", "post:")):
            raise Problem(target, f"“{target}” is no link. Write https://…, mailto:…, page:/…/ or post:….")
        page = self.page(target)
        return f'linktype="page" id="{page.pk if page else 0}"'

    def _picture(self, raw: Value) -> SiteImage | None:
        pictures = self.content.lists["pictures"]
        name = expect(raw, Text)
        if name not in pictures:
            raise Problem(name, f"There is no picture “{name}” in pictures.yaml. {suggest(name, pictures)}")
        self._unresolved += self.media is None
        return self.media.picture(pictures[name]) if self.media else None

    def _document(self, raw: Value) -> SiteDocument | None:
        item = expect_keys(raw, ("file", "title", "language"))
        file = item.need("file", Text)
        item.need("title", Text)
        if not is_inside(self.content.folder / "files", file):
            raise Problem(file, f"There is no file “{file}” in files/. Put it there.")
        if Path(file).suffix[1:].lower() not in settings.WAGTAILDOCS_EXTENSIONS:
            raise Problem(file, f"“{file}”: documents are {', '.join(settings.WAGTAILDOCS_EXTENSIONS)}.")
        self._unresolved += self.media is None
        return self.media.document(item) if self.media else None


def _clean(block: blocks.StructBlock, value: dict[str, Any], where: Mapping | Location) -> Any:
    try:
        return block.clean(block.normalize(value))
    except ValidationError as error:
        name, part = next(iter((getattr(error, "block_errors", None) or {"": error}).items()))
        message = " ".join(map(str, getattr(part, "non_block_errors", None) or part.messages))
        location = where.get(name, where) if isinstance(where, Mapping) else where
        raise Problem(location, f"“{name}”: {message}" if name else message) from error
