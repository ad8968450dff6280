"""Converting Markdown to rich text as stored by Wagtail's editor.

Only what the editor offers is allowed: paragraphs, lists, bold, italics, links. Anything else is an error.
"""

from collections.abc import Callable, Collection, Iterator
from html import escape
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from demo.files import Location, Problem, Text

_PARSER = MarkdownIt("commonmark")
# The tags of each feature of the editor.
_TAGS = {"bold": {"strong"}, "italic": {"em"}, "link": {"a"}, "ul": {"ul", "li"}, "ol": {"ol", "li"}}
_STORED_AS = {"strong": "b", "em": "i", "hardbreak": "<br/>", "softbreak": " "}

# Returns the attributes of <a> for the target of a link, or raises Problem.
LinkWriter = Callable[[Text], str]


class Piece(NamedTuple):
    """A part of a page: the text between the fences of a block of that name; a heading, called `##`; or prose, without a name."""

    name: str
    text: str
    location: Location
    tokens: list[Token]


def split(text: str, location: Location) -> Iterator[Piece]:
    """The parts of a page's text, which begins at `location`. Raises Problem when a block has no end."""
    _expect_closed_fences(text, location)
    prose: list[Token] = []
    tokens = iter(_PARSER.parse(text))
    for token in tokens:
        here = location.below(token.map[0] if token.map else 0)
        if token.type not in ("fence", "heading_open"):
            prose.append(token)
            continue
        if prose:
            yield Piece("", "", location, prose)
            prose = []
        if token.type == "fence":
            yield Piece(token.info.strip() or "?", token.content, here.below(1), [])
        else:
            yield Piece(token.markup, "", here, next(tokens).children or [])
            next(tokens)
    if prose:
        yield Piece("", "", location, prose)


def _expect_closed_fences(text: str, location: Location) -> None:
    fences = [number for number, line in enumerate(text.split("\n")) if line.startswith("```")]
    if len(fences) % 2:
        raise Problem(location.below(fences[-1]), "This block has no end. Close it with a line of three backticks (```).")


def to_html(text: Text, link: LinkWriter, features: Collection[str]) -> str:
    """The HTML of a short text, such as an answer or a note. Raises Problem with the location of its start."""
    return "".join(_html(_PARSER.parse(text), text.location, link, features, count_lines=False))


def prose_html(piece: Piece, link: LinkWriter, features: Collection[str]) -> str:
    """The HTML of a piece of prose. Raises Problem."""
    return "".join(_html(piece.tokens, piece.location, link, features, count_lines=True))


def _html(tokens: list[Token], start: Location, link: LinkWriter, features: Collection[str], *, count_lines: bool) -> Iterator[str]:
    allowed = {"", "p", "br"}.union(*(_TAGS.get(feature, ()) for feature in features))
    here, paragraphs = start, 0
    for token in _flat(tokens):
        if token.map and count_lines:
            here = start.below(token.map[0])
        if token.tag not in allowed or token.type.startswith("html"):
            known = ", ".join(["paragraphs", *features])
            raise Problem(here, f"Text can hold {known}. There are blocks for the rest; HTML and code are not allowed.")
        if token.type == "list_item_open":
            paragraphs = 0
        if token.tag == "p" and token.level:  # in a list, where the editor stores no <p>
            paragraphs += token.nesting == 1
            if paragraphs > 1:
                raise Problem(here, "An entry of a list is one paragraph. Join the two.")
        else:
            yield _tag(token, here, link)
        if token.tag == "br" and count_lines:
            here = here.below(1)


def _tag(token: Token, here: Location, link: LinkWriter) -> str:
    if token.type == "link_open":
        target = Text(token.attrs["href"])
        target.location = here
        return f"<a {link(target)}>"
    if token.nesting:
        return f"<{'/' * (token.nesting < 0)}{_STORED_AS.get(token.tag, token.tag)}>"
    return _STORED_AS.get(token.type) or escape(token.content, quote=False)


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or [] if token.type == "inline" else [token]
