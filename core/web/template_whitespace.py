"""Removes the whitespace that formatting adds to templates, once, when a template is compiled.

In the project's own `.html` templates, whitespace with a line break in it
- disappears where no browser shows it: beside a block-level tag, beside other whitespace, and at either end of a file, `{% block %}` or
  button, also where an inline element, `{% if %}`, `{% for %}` or `{% with %}` begins or ends in between;
- becomes one space between attributes;
- becomes one line break everywhere else, which browsers show as one space.

Whitespace without a line break is left unchanged, and so is whitespace in `pre`, `textarea`, `script`, `style`, comments, attribute
values, `{% blocktranslate %}` and `{% verbatim %}`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import Any, Literal

from django.template import Template
from django.template.base import Node, TextNode
from django.template.defaulttags import CommentNode, CsrfTokenNode, ForNode, IfNode, LoadNode, RegroupNode, WithNode
from django.template.loader_tags import BlockNode, ExtendsNode
from django.template.loaders import app_directories, cached
from django.templatetags.i18n import GetCurrentLanguageBidiNode, GetCurrentLanguageNode

from .template_direction import isolate_typed_text

_BLOCK_LEVEL = re.compile(
    r"""
    </?(?:
        !doctype | html | head | body | title | meta | link | base | script | style | noscript | template
        | header | footer | main | nav | aside | section | article | address | hgroup | h[1-6\1] | div | p | blockquote | pre | [hb]r
        | ul | ol | li | dl | dt | dd | details | summary | figure | figcaption | form | fieldset | legend | optgroup | option
        | table | caption | colgroup | col | thead | tbody | tfoot | tr | th | td
        | circle | defs | g | line | path | rect | text | use
    )(?![\w:-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Whitespace at their start and end is not shown, whitespace before and after them is.
_BOX = re.compile(r"</?(?:button|select|svg)\b", re.IGNORECASE)
_INLINE = re.compile(r"</?(?:a|abbr|b|bdi|cite|code|del|em|i|ins|label|mark|q|small|span|strong|sub|sup|time|tspan|u)\b", re.IGNORECASE)
# In the text that is looked at, these stand for a node that is no text, and for the end of a text node.
_NODE, _TEXT_END = "\0", "\1"
_HTML = re.compile(
    r"""
      (?P<kept> <(?P<element>pre|textarea|script|style)\b .*? </(?P=element)\s*> | <!--.*?--> )
    | (?P<tag> </?!?[a-z] (?: [^<>"'] | "[^"]*" | '[^']*' )* > )
    | (?P<space> \s+ )
    | [^<\s\1]+ | .
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_IN_TAG = re.compile(r"""(?P<value>"[^"]*"|'[^']*')|\s*\n\s*(?=/?>)|(?P<space>\s*\n\s*)""")
# Nodes that show nothing; so do those that end in `as name`.
_SILENT = (LoadNode, CommentNode, CsrfTokenNode, RegroupNode, GetCurrentLanguageNode, GetCurrentLanguageBidiNode)


class Place(IntEnum):
    """What is next to a place, and so whether whitespace there is shown."""

    SHOWN = 0
    SPACE = 1  # not shown, because there is other whitespace
    EDGE = 2  # not shown, because a line begins or ends there


class Loader(cached.Loader):
    """Django's cached loader, which collapses the whitespace of the project's own templates, and isolates what people typed."""

    def get_template(self, template_name: str, skip: Any = None) -> Any:
        template: Any = super().get_template(template_name, skip)
        if not getattr(template, "is_prepared", False):
            is_html, is_ours = template.origin.name.endswith(".html"), _is_ours(template)
            if is_html and is_ours:
                collapse(template)
                template.is_collapsed = True
            if is_html or is_ours:
                isolate_typed_text(template, is_html=is_html)
            template.is_prepared = True
        return template


def _is_ours(template: Any) -> bool:
    return not isinstance(template.origin.loader, app_directories.Loader)


def collapse(template: Template) -> None:
    """Collapse the whitespace in the text nodes of a compiled template."""
    pieces, in_tags = _cut(list(_in_reading_order(template.nodelist)))
    steps: tuple[Literal[1, -1], ...] = (-1, 1)
    for step in steps:
        _Walk(pieces, in_tags, step).past(template.nodelist, Place.EDGE)
    for node, its_pieces in pieces.items():
        node.s = "".join(piece.text for piece in its_pieces)


class Kind(Enum):
    SPACE = auto()
    BLOCK = auto()
    BOX = auto()
    INLINE = auto()  # the tag of an inline element
    OTHER = auto()


@dataclass
class _Piece:
    """A tag, whitespace, a word, or the part of it that is in one text node."""

    text: str
    kind: Kind
    is_closing: bool


def _cut(nodes: list[Node]) -> tuple[dict[TextNode, list[_Piece]], set[Node]]:
    """The text of each text node, cut into pieces, and the nodes within a tag, which may begin in one text and end in another.

    `nodes` are in reading order.
    """
    found: dict[Any, list[_Piece]] = {node: [] for node in nodes if isinstance(node, TextNode)}
    in_tags: set[Node] = set()
    coming = list(reversed(nodes))
    for match in _HTML.finditer("".join(node.s + _TEXT_END if isinstance(node, TextNode) else _NODE for node in nodes)):
        kind = _kind(match)
        text = "\n" if kind is Kind.SPACE and "\n" in match[0] else match[0]
        if match["tag"]:
            text = _IN_TAG.sub(_between_attributes, text)
        within = []
        for part in re.split(f"([{_NODE}{_TEXT_END}])", text):
            if part == _NODE:
                within.append(coming.pop())
            elif part == _TEXT_END:
                coming.pop()
            elif part:
                found[coming[-1]].append(_Piece(part, kind, text.startswith("</")))
        if match["tag"]:
            in_tags |= {node for node in within if within.count(node) == 1 + len(_branches(node))}
    return found, in_tags


def _kind(match: re.Match[str]) -> Kind:
    if match["space"]:
        return Kind.SPACE
    kinds = ((_BLOCK_LEVEL, Kind.BLOCK), (_BOX, Kind.BOX), (_INLINE, Kind.INLINE))
    return next((kind for pattern, kind in kinds if pattern.match(match[0])), Kind.OTHER)


def _between_attributes(match: re.Match[str]) -> str:
    return match["value"] or " " * bool(match["space"])


def _in_reading_order(nodes: Iterable[Node]) -> Iterator[Node]:
    """Each node before what it contains, and again after each of its branches."""
    for node in nodes:
        yield node
        for branch in _branches(node):
            yield from _in_reading_order(branch)
            yield node


def _branches(node: Node) -> list[Sequence[Node]]:
    if isinstance(node, IfNode):
        return [branch for _, branch in node.conditions_nodelists]
    return [getattr(node, name, None) or [] for name in node.child_nodelists]


class _Walk:
    """Through a template in one direction, dropping whitespace where it is not shown, whichever branches are taken."""

    def __init__(self, pieces: dict[TextNode, list[_Piece]], in_tags: set[Node], step: Literal[1, -1]) -> None:
        self.pieces, self.in_tags, self.step = pieces, in_tags, step

    def past(self, nodes: Sequence[Any], place: Place) -> Place:
        """The place after these nodes, given the one before them."""
        for node in nodes[:: self.step]:
            place = self._past_node(node, place)
        return place

    def _past_node(self, node: Any, place: Place) -> Place:
        if node in self.in_tags:
            return place
        if isinstance(node, TextNode):
            for piece in self.pieces[node][:: self.step]:
                place = self._past_piece(piece, place)
            return place
        if isinstance(node, IfNode):
            ends = [self.past(branch, place) for branch in _branches(node)]
            has_else = node.conditions_nodelists[-1][0] is None
            return min(ends if has_else else [*ends, place])
        if isinstance(node, ForNode):
            after_one = self.past(node.nodelist_loop, Place.SHOWN)
            if before_each := min(place, after_one):
                self.past(node.nodelist_loop, before_each)
            return min(self.past(node.nodelist_empty, place), after_one)
        if isinstance(node, WithNode | ExtendsNode):
            return self.past(node.nodelist, place)
        if isinstance(node, _SILENT) or getattr(node, "asvar", None) or getattr(node, "target_var", None):
            return place
        for branch in _branches(node):
            self.past(branch, Place.EDGE if isinstance(node, BlockNode) else Place.SHOWN)
        return Place.SHOWN

    def _past_piece(self, piece: _Piece, place: Place) -> Place:
        if not piece.text:
            return place
        if piece.kind is Kind.SPACE:
            piece.text = "" if place and piece.text == "\n" else piece.text
            return place or Place.SPACE
        if piece.kind is Kind.BLOCK:
            return Place.EDGE
        if piece.is_closing == (self.step < 0):
            if piece.kind is Kind.BOX:
                return Place.EDGE
            # Of two spaces, one in an inline element and one after it, the first is shown.
            if piece.kind is Kind.INLINE and (self.step > 0 or place is Place.EDGE):
                return place
        return Place.SHOWN
