"""An HTML document as a reader meets it, to compare two documents that differ in whitespace only."""

from typing import Any

import html5lib

# What a browser begins on a line of its own, so that whitespace beside its tags is not shown; img and svg by static/css/reset.css.
_NAMES = """
    html head body title meta link script style header footer main nav aside section article address h1 h2 h3 h4 h5 h6 div p pre br hr
    blockquote ul ol li dl dt dd details summary figure figcaption form fieldset legend option table caption thead tbody tr th td img svg
    circle defs g line path rect text use
"""
ON_ITS_OWN_LINE = frozenset(_NAMES.split())
VERBATIM = frozenset({"pre", "textarea", "script", "style"})


def shown(html: str) -> list[Any]:
    """The elements with their attributes, and the text with whitespace collapsed as browsers do it."""
    reader = _Reader()
    reader.element(html5lib.parse(html, namespaceHTMLElements=False))
    return [item for item in reader.found if item]


class _Reader:
    def __init__(self) -> None:
        self.found: list[Any] = []
        self.at_start = True  # whether a space here would not be shown: the line begins, or a space came before
        self.text_before = -1  # the place of the last text of this line

    def element(self, element: Any) -> None:
        name = element.tag.rpartition("}")[2]
        self._tag(name, sorted(element.attrib.items()))
        if name in VERBATIM:
            self.found.append("".join(element.itertext()).rstrip("\n"))
            self.at_start = False
        else:
            self._text(element.text)
            for child in element:
                if isinstance(child.tag, str):
                    self.element(child)
                self._text(child.tail)
        self._tag(name, "end")

    def _tag(self, name: str, what: Any) -> None:
        if name in ON_ITS_OWN_LINE:
            if self.text_before >= 0:
                self.found[self.text_before] = self.found[self.text_before].rstrip(" ")
            self.at_start, self.text_before = True, -1
        self.found.append((name, what))

    def _text(self, text: str | None) -> None:
        words = " ".join(f"|{text or ''}|".split())[1:-1]
        if self.at_start:
            words = words.lstrip(" ")
        if words:
            self.at_start, self.text_before = words.endswith(" "), len(self.found)
            self.found.append(words)
