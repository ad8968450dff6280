"""Removes the whitespace that formatting adds to templates, once, when a template is compiled.

In the project's own `.html` templates, whitespace with a line break in it
- disappears beside a block-level tag and at either end of the file, where no browser shows it;
- becomes one space between attributes;
- becomes one line break everywhere else, which browsers show as one space.

Whitespace without a line break is left unchanged, and so is whitespace in `pre`, `textarea`, `script`, `style`, comments, attribute
values, `{% blocktranslate %}` and `{% verbatim %}`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.template import Template
from django.template.base import Node, TextNode
from django.template.defaulttags import IfNode, LoadNode
from django.template.loader_tags import ExtendsNode
from django.template.loaders import app_directories, cached

_BLOCK_LEVEL = re.compile(
    r"""
    </?(?:
        !doctype | html | head | body | title | meta | link | base | script | style | noscript | template
        | header | footer | main | nav | aside | section | article | address | hgroup | h[1-6] | div | p | blockquote | pre | [hb]r
        | ul | ol | li | dl | dt | dd | details | summary | figure | figcaption | form | fieldset | legend | optgroup | option
        | table | caption | colgroup | col | thead | tbody | tfoot | tr | th | td
        | circle | defs | g | line | path | rect | use
    )(?![\w:-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
# In the text that is examined, these stand for a node that may have output, and for the end of a text node.
_NODE, _TEXT_END = "\0", "\1"
_HTML = re.compile(
    r"""
      (?P<kept> <(?P<element>pre|textarea|script|style)\b .*? </(?P=element)\s*> | <!--.*?--> )
    | (?P<tag> </?!?[a-z] (?: [^<>"'] | "[^"]*" | '[^']*' )* > )
    | (?P<space> [\s\1]*\n[\s\1]* )
    | [^<\s\1]+ | .
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_IN_TAG = re.compile(r"""(?P<value>"[^"]*"|'[^']*')|\s*\n\s*(?=/?>)|(?P<space>\s*\n\s*)""")


class Loader(cached.Loader):
    """Django's cached loader, which collapses the whitespace of templates from the project's own folders."""

    def get_template(self, template_name: str, skip: Any = None) -> Any:
        template: Any = super().get_template(template_name, skip)
        if not getattr(template, "is_collapsed", False) and _is_ours(template):
            collapse(template)
            template.is_collapsed = True
        return template


def _is_ours(template: Any) -> bool:
    return template.origin.name.endswith(".html") and not isinstance(template.origin.loader, app_directories.Loader)


def collapse(template: Template) -> None:
    """Collapse the whitespace in the text nodes of a compiled template."""
    nodes = list(_in_reading_order(template.nodelist))
    collapsed = _collapsed("".join(_as_text(node) for node in nodes)).replace(_NODE, "")
    for node, text in zip((node for node in nodes if isinstance(node, TextNode)), collapsed.split(_TEXT_END), strict=False):
        node.s = text


def _in_reading_order(nodes: Iterable[Node]) -> Iterator[Node]:
    """Each node before what it contains, and again after each of its branches."""
    for node in nodes:
        yield node
        if isinstance(node, IfNode):
            branches = [branch for _, branch in node.conditions_nodelists]
        else:
            branches = [getattr(node, name, None) or [] for name in node.child_nodelists]
        for branch in branches:
            yield from _in_reading_order(branch)
            yield node


def _as_text(node: Node) -> str:
    if isinstance(node, TextNode):
        return node.s + _TEXT_END
    return "" if isinstance(node, LoadNode | ExtendsNode) else _NODE


def _collapsed(html: str) -> str:
    pieces = list(_HTML.finditer(html))
    result = []
    after_block = True
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        if piece["space"]:
            is_seen = not after_block and following and not _BLOCK_LEVEL.match(following[0])
            result.append("\n" * bool(is_seen) + _TEXT_END * piece[0].count(_TEXT_END))
        else:
            after_block = bool(_BLOCK_LEVEL.match(piece[0]))
            result.append(_IN_TAG.sub(_between_attributes, piece[0]) if piece["tag"] else piece[0])
    return "".join(result)


def _between_attributes(match: re.Match[str]) -> str:
    return match["value"] or " " * bool(match["space"])
