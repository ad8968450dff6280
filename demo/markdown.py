"""Markdown → the pieces of a page: headings, rich text of the kind Wagtail's editor makes, and fenced blocks.

Only what the editor offers is allowed: paragraphs, lists, bold, italics, links. Anything else is a problem with its line, so that
a page loaded from a file is a page that an editor could have written.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .source import Place, Problems

# Answers the opening tag's attributes for the target of a link, or None when it noted a problem.
LinkWriter = Callable[[str, Place], str | None]

_PARSER = MarkdownIt("commonmark")
_TAGS = {
    "paragraph_open": "<p>",
    "paragraph_close": "</p>",
    "bullet_list_open": "<ul>",
    "bullet_list_close": "</ul>",
    "ordered_list_open": "<ol>",
    "ordered_list_close": "</ol>",
    "list_item_open": "<li>",
    "list_item_close": "</li>",
    "strong_open": "<b>",
    "strong_close": "</b>",
    "em_open": "<i>",
    "em_close": "</i>",
    "link_close": "</a>",
    "softbreak": " ",
    "hardbreak": "<br/>",
}
_REFUSED = {
    "blockquote_open": "A quotation is a ```quote block.",
    "code_block": "Text indented by four spaces is code in Markdown. Take the spaces away.",
    "hr": "A page has no rulers. Use a heading.",
    "image": "A picture is a ```picture block with art and alt.",
    "code_inline": "There is no code on these pages. Take the backticks away.",
    "html_block": "HTML is not allowed.",
    "html_inline": "HTML is not allowed.",
}
_FEATURES = {"strong_open": "bold", "em_open": "italic", "link_open": "link", "bullet_list_open": "ul", "ordered_list_open": "ol"}


@dataclass(frozen=True)
class Piece:
    """One block to be: `kind` is the block's name; `value` its heading and level, its HTML, or the YAML between the fences."""

    kind: str
    value: Any
    place: Place
    fenced: bool = False


def pieces(text: str, place: Place, link: LinkWriter, problems: Problems, features: Iterable[str]) -> list[Piece]:
    """The pieces of a text whose first line stands at `place`."""
    found: list[Piece] = []
    prose: list[Token] = []

    def close_prose() -> None:
        if prose:
            start = _place(prose[0], place)
            found.append(Piece("text", _Prose(place, link, problems, features).html(prose), start))
            prose.clear()

    tokens = iter(_PARSER.parse(text))
    for token in tokens:
        if token.type == "fence":
            close_prose()
            name = token.info.strip()
            found.append(Piece(name, token.content, Place(place.file, _place(token, place).line + 1), fenced=True))
        elif token.type == "heading_open":
            close_prose()
            words = next(tokens)
            next(tokens)
            heading = {"text": _plain(words, place, problems), "level": _level(token, place, problems)}
            found.append(Piece("heading", heading, _place(token, place)))
        else:
            prose.append(token)
    close_prose()
    _warn_of_open_fence(text, place, problems)
    return found


def rich_text(text: str, place: Place, link: LinkWriter, problems: Problems, features: Iterable[str]) -> str:
    """The HTML of a short text, such as an answer or a note, limited to those features."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "fence"):
            problems.add(place, "Headings and blocks cannot stand inside a block. Use paragraphs.")
            return ""
    # Lines inside a YAML value cannot be told reliably: the problem is placed where the value begins.
    return _Prose(place, link, problems, features, one_line=True).html(tokens)


def _place(token: Token, start: Place) -> Place:
    return Place(start.file, start.line + (token.map[0] if token.map else 0))


def _level(token: Token, place: Place, problems: Problems) -> str:
    if token.tag not in ("h2", "h3"):
        problems.add(_place(token, place), "Headings are ## for a section and ### for a sub-section; the page's title is in its head.")
        return "h2"
    return token.tag


def _plain(token: Token, place: Place, problems: Problems) -> str:
    children = token.children or []
    if any(child.type != "text" for child in children):
        problems.add(_place(token, place), "A heading holds plain words only.")
    return "".join(child.content for child in children)


def _warn_of_open_fence(text: str, place: Place, problems: Problems) -> None:
    open_line = 0
    for number, line in enumerate(text.split("\n")):
        if re.match(r"```", line):
            open_line = 0 if open_line else number + 1
    if open_line:
        problems.add(Place(place.file, place.line + open_line - 1), "This block has no end. Close it with a line of three backticks (```).")


class _Prose:
    """Writes paragraphs and lists as the editor stores them: inside a list item there is no <p>."""

    def __init__(self, start: Place, link: LinkWriter, problems: Problems, features: Iterable[str], *, one_line: bool = False) -> None:
        self.start = self.here = start
        self.link, self.problems, self.features = link, problems, set(features)
        self.one_line = one_line  # every problem is placed at the start
        self._items = self._paragraphs = 0

    def html(self, tokens: Iterable[Token]) -> str:
        return "".join(self._block(token) for token in tokens)

    def _block(self, token: Token) -> str:
        if token.map and not self.one_line:
            self.here = _place(token, self.start)
        if not self._allowed(token):
            return ""
        if token.type == "inline":
            return "".join(self._inline(child) for child in token.children or [])
        if token.type.startswith("list_item"):
            self._items, self._paragraphs = self._items + token.nesting, 0
        if token.type == "paragraph_open":
            self._paragraphs += 1
            if self._items and self._paragraphs > 1:
                self.problems.add(self.here, "An entry of a list is one paragraph. Join the two.")
        return "" if token.type.startswith("paragraph") and self._items else _TAGS.get(token.type, "")

    def _inline(self, token: Token) -> str:
        if not self._allowed(token):
            return ""
        if token.type == "link_open":
            return f"<a {self.link(str(token.attrs.get('href', '')), self.here) or ''}>"
        if token.type in ("softbreak", "hardbreak") and not self.one_line:
            self.here = Place(self.here.file, self.here.line + 1)
        return _TAGS.get(token.type) or escape(token.content, quote=False)

    def _allowed(self, token: Token) -> bool:
        if token.type in _REFUSED:
            self.problems.add(self.here, _REFUSED[token.type])
            return False
        feature = _FEATURES.get(token.type)
        if feature and feature not in self.features:
            self.problems.add(self.here, f"Here the text may not hold “{feature}”, only {', '.join(sorted(self.features))}.")
        return True
