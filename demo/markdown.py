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

from demo.source import Place, Problems

# Answers the opening tag's attributes for the target of a link, or None when it noted a problem.
LinkWriter = Callable[[str, Place], str | None]

_PARSER = MarkdownIt("commonmark", {"html": False})
_INLINE = {"strong_open": "<b>", "strong_close": "</b>", "em_open": "<i>", "em_close": "</i>", "link_close": "</a>", "softbreak": " ", "hardbreak": "<br/>"}
_LISTS = {"bullet_list_open": "<ul>", "bullet_list_close": "</ul>", "ordered_list_open": "<ol>", "ordered_list_close": "</ol>"}
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
            found.append(Piece("text", _html(list(prose), place, link, problems, set(features)), start))
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
            found.append(Piece("heading", {"text": _plain(words, place, problems), "level": _level(token, place, problems)}, _place(token, place)))
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
    return _html(tokens, place, link, problems, set(features), fixed=True)


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


def _html(tokens: list[Token], start: Place, link: LinkWriter, problems: Problems, features: set[str], *, fixed: bool = False) -> str:
    """Paragraphs inside a list item are written without <p>, as the editor stores them."""
    parts: list[str] = []
    here, depth, paragraphs = start, 0, 0
    for token in tokens:
        if token.map and not fixed:
            here = _place(token, start)
        if not _allowed(token, here, problems, features):
            continue
        if token.type in ("list_item_open", "list_item_close"):
            depth, paragraphs = depth + (1 if token.nesting > 0 else -1), 0
            parts.append("<li>" if token.nesting > 0 else "</li>")
        elif token.type in _LISTS:
            parts.append(_LISTS[token.type])
        elif token.type == "paragraph_open":
            paragraphs += 1
            if depth and paragraphs > 1:
                problems.add(here, "An entry of a list is one paragraph. Join the two.")
            parts.append("" if depth else "<p>")
        elif token.type == "paragraph_close":
            parts.append("" if depth else "</p>")
        elif token.type == "inline":
            for child in token.children or []:
                parts.append(_inline(child, here, link, problems, features))
                if child.type in ("softbreak", "hardbreak") and not fixed:
                    here = Place(here.file, here.line + 1)
    return "".join(parts)


def _inline(token: Token, here: Place, link: LinkWriter, problems: Problems, features: set[str]) -> str:
    if not _allowed(token, here, problems, features):
        return ""
    if token.type == "link_open":
        attributes = link(str(token.attrs.get("href", "")), here)
        return f"<a {attributes}>" if attributes else "<a>"
    if token.type in _INLINE:
        return _INLINE[token.type]
    return escape(token.content, quote=False)


def _allowed(token: Token, here: Place, problems: Problems, features: set[str]) -> bool:
    if token.type in _REFUSED:
        problems.add(here, _REFUSED[token.type])
        return False
    feature = _FEATURES.get(token.type)
    if feature and feature not in features:
        problems.add(here, f"Here the text may not hold “{feature}”, only {', '.join(sorted(features))}.")
    return True
