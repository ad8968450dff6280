"""Text, marks, addresses and rich text as plain text, by the rules in `canonical.py`. A change here changes every digest."""

import re
import unicodedata
from html.parser import HTMLParser

_INVISIBLE = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]|(?<![\u0600-\u1dff])[\u200c\u200d]"
)
# Any other tag begins a new block, so that an unknown one never joins two words.
_INLINE_TAGS = {"a", "abbr", "b", "cite", "code", "del", "em", "i", "ins", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u"}
_DIGITS = re.compile(r"[0-9+−-]+")
_SUPERSCRIPT = str.maketrans("0123456789+−-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")


def tidy(text: str) -> str:
    """The text on one line in canonical characters; '' if nothing is visible."""
    while (tidier := unicodedata.normalize("NFC", " ".join(_INVISIBLE.sub("", text).split()))) != text:
        text = tidier
    return text


def marked(mark: str, text: str) -> str:
    """The tidy text with a mark before it; '' if there is none."""
    text = tidy(text)
    return f"{mark} {text}" if text else ""


def bracketed(address: str) -> str:
    """`<address>`, with what would end it early escaped."""
    return f"<{tidy(address).replace(' ', '%20').replace('<', '%3C').replace('>', '%3E')}>"


def rich_text(html: str) -> list[str]:
    """The blocks of rich text, as Wagtail stores it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader.blocks


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self.lines: list[str] = []  # of the block being read
        self.words: list[str] = []  # of the line being read
        self.quotes = 0
        self.heading = 0
        self.lists: list[int | None] = []  # of each open list the last item's number; None in a list without numbers
        self.opens_item = False
        self.raised: list[int] = []  # for each open superscript, where in the words it began
        self.links: list[tuple[str, int]] = []  # the same for links, with their addresses

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "a":
            address = f"{named['linktype']}:{named.get('id', '')}" if "linktype" in named else named.get("href", "")
            self.links.append((address, len(self.words)))
        elif tag == "sup":
            self.raised.append(len(self.words))
        elif tag == "br":
            self.end_line()
        elif tag not in _INLINE_TAGS:
            self.end_block()
            self._open(tag, named)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            address, start = self.links.pop()
            words = "".join(self.words[start:])
            if address and tidy(words):
                self.words[start:] = [words.rstrip(), " ", bracketed(address), words[len(words.rstrip()) :]]
        elif tag == "sup" and self.raised:
            start = self.raised.pop()
            words = "".join(self.words[start:])
            self.words[start:] = [words.translate(_SUPERSCRIPT) if _DIGITS.fullmatch(words) else words]
        elif tag not in _INLINE_TAGS and tag != "br":
            self._close(tag)
            self.end_block()

    def _open(self, tag: str, attrs: dict[str, str]) -> None:
        match tag:
            case "ul" | "ol":
                self.lists.append(0 if tag == "ol" else None)
            case "li":
                self.opens_item = True
            case "blockquote":
                self.quotes += 1
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self.heading = int(tag[1])
            case "img" | "embed":
                self.words += [f"[{attrs['alt']}]"] if attrs.get("alt") else [bracketed(attrs["url"])] if attrs.get("url") else []
                self.end_block()

    def _close(self, tag: str) -> None:
        self.end_line()
        match tag:
            case "ul" | "ol" if self.lists:
                self.lists.pop()
            case "li":
                self.opens_item = False
            case "blockquote" if self.quotes:
                self.quotes -= 1
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self.heading = 0

    def end_line(self) -> None:
        words = tidy("".join(self.words))
        self.words = []
        if words:
            self.lines.append(" ".join([">"] * self.quotes + self._marks() + [words]))

    def end_block(self) -> None:
        """Begin another block or, within a list, another line."""
        self.end_line()
        if self.lines and not self.lists:
            self.blocks.append("\n".join(self.lines))
            self.lines = []

    def _marks(self) -> list[str]:
        if not self.lists:
            return ["#" * self.heading] if self.heading else []
        if not self.opens_item:
            return []
        self.opens_item = False
        depth, number = len(self.lists), self.lists[-1]
        if number is None:
            return ["-"] * depth
        self.lists[-1] = number + 1
        return ["-"] * (depth - 1) + [f"{number + 1}."]
