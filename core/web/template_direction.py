"""Typed text that runs the other way than the page stands apart, so that it does not reorder the words around it (UAX #9).

When a template is compiled, the project's own or one of the admin, every variable in its text is wrapped: a value with letters of the other
direction is shown in `<bdi>`, and where no element can stand (titles, options, plain-text emails) between isolating characters. HTML that
is ready gets `dir="auto"` on its paragraphs and fields. Values of the page's own direction, and so nearly all pages, stay as they are.

Templates need write nothing of this, and so forget nothing. What is in an attribute, a script or a style is left alone.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.template import Template
from django.template.base import Node, TextNode, TokenType, VariableNode
from django.template.defaulttags import FirstOfNode
from django.template.loader_tags import BlockNode
from django.templatetags.i18n import BlockTranslateNode
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LEFT_TO_RIGHT = re.compile("[A-Za-z\u00c0-\u02b8\u0370-\u058f\u0900-\u1fff\u3040-\ud7ff]")
_BLOCK = re.compile(r"<(p|li|h[1-6]|blockquote|t[dh]|d[dt]|figcaption|caption|div)(?=[\s>])(?![^>]*\sdir=)", re.IGNORECASE)
_FIELD = re.compile(r'<(textarea|input(?=[^>]*\stype="(?:text|search)"))(?![^>]*\sdir=)', re.IGNORECASE)
_ATTRIBUTES = r"""(?:[^<>"']|"[^"]*"|'[^']*')*"""
_HTML = re.compile(
    rf"""
      (?P<kept> <(script|style)\b.*?</\2\s*> | <!--.*?--> )
    | (?P<opening> <(title|textarea|option)\b{_ATTRIBUTES}> ) (?P<plain>.*?) (?=</\4\s*>)
    | (?P<tag> </?!?[a-z]{_ATTRIBUTES}> )
    | [^<]+ | .
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
# Blocks of a template that end up in its <title>.
_TITLES = frozenset(("title", "titletag"))
_NODE = "\0"


def isolate_text(text: str) -> str:
    """The text between isolating characters, if it runs the other way."""
    is_isolated = text.startswith(FIRST_STRONG_ISOLATE)
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_DIRECTIONAL_ISOLATE}" if runs_other_way(text) and not is_isolated else text


def isolate_html(value: str, *, autoescape: bool = True) -> str:
    """The text in `<bdi>`, or with `dir="auto"` on its blocks and fields, if it runs the other way."""
    if not runs_other_way(value):
        return value
    html = conditional_escape(value) if autoescape else value
    if not hasattr(value, "__html__"):
        return mark_safe(f"<bdi>{html}</bdi>")
    if "<script" in html or "<svg" in html or "<bdi" in html:
        return html
    marked = _FIELD.sub(r'<\1 dir="auto"', _BLOCK.sub(r'<\1 dir="auto"', html))
    return mark_safe(marked if marked != html or "<input" in html or "<select" in html else f"<bdi>{html}</bdi>")


def runs_other_way(text: str) -> bool:
    if get_language_bidi():
        return bool(_LEFT_TO_RIGHT.search(text))
    return not text.isascii() and bool(_RIGHT_TO_LEFT.search(text))


class Isolated:
    """A template expression whose value stands apart. Otherwise like the original."""

    def __init__(self, expression: Any, *, as_html: bool) -> None:
        self._expression, self._as_html = expression, as_html

    def __getattr__(self, name: str) -> Any:
        return getattr(self._expression, name)

    def __str__(self) -> str:
        return str(self._expression)

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        value = self._expression.resolve(context, ignore_failures)
        if isinstance(value, Model):
            value = str(value)
        elif not isinstance(value, str) and hasattr(value, "__html__"):
            value = SafeString(value.__html__())
        if not isinstance(value, str):
            return value
        return isolate_html(value, autoescape=context.autoescape) if self._as_html else _isolate_plain(value)


def _isolate_plain(value: str) -> str:
    isolated = isolate_text(value)
    return SafeString(isolated) if isinstance(value, SafeString) else isolated


class _ContextValue:
    """The value of a name as `{% blocktranslate %}` looks it up."""

    def __init__(self, name: str) -> None:
        self.name = name

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        return context.get(self.name, context.template.engine.string_if_invalid)


def isolate_typed_text(template: Template, *, is_html: bool) -> None:
    """Wrap every expression in the text of a compiled template."""
    as_html = _places(template) if is_html else {id(node): False for node in template.nodelist.get_nodes_by_type(Node)}
    in_titles = {
        id(inner)
        for block in template.nodelist.get_nodes_by_type(BlockNode)
        if block.name in _TITLES
        for inner in block.nodelist.get_nodes_by_type(Node)
    }
    for node in template.nodelist.get_nodes_by_type(Node):
        if isinstance(node, VariableNode | BlockTranslateNode | FirstOfNode) and id(node) in as_html:
            _wrap(node, as_html=as_html[id(node)] and id(node) not in in_titles and not getattr(node, "asvar", None))


def _wrap(node: Any, *, as_html: bool) -> None:
    if hasattr(node, "filter_expression"):
        node.filter_expression = Isolated(node.filter_expression, as_html=as_html)
    elif isinstance(node, FirstOfNode):
        node.vars = [Isolated(one, as_html=as_html) for one in node.vars]
    else:
        names = {token.contents for token in (*node.singular, *node.plural) if token.token_type == TokenType.VAR} - {node.countervar}
        for name in names:
            node.extra_context[name] = Isolated(node.extra_context.get(name) or _ContextValue(name), as_html=as_html)


def _places(template: Template) -> dict[int, bool]:
    """For each node in the text of a template, whether an element can stand there. Those in tags, scripts and styles are missing."""
    nodes = list(_in_reading_order(template.nodelist))
    places: dict[int, bool] = {}
    others = iter([node for node in nodes if not isinstance(node, TextNode)])
    for match in _HTML.finditer("".join(node.s if isinstance(node, TextNode) else _NODE for node in nodes)):
        is_text = not (match["kept"] or match["tag"])
        for _ in range((match["opening"] or "").count(_NODE)):
            next(others)
        for _ in range((match["plain"] if match["opening"] else match[0]).count(_NODE)):
            node = next(others)
            if is_text:
                places.setdefault(id(node), not match["opening"])
    return places


def _in_reading_order(nodes: Iterable[Node]) -> Iterable[Node]:
    for node in nodes:
        yield node
        for name in node.child_nodelists:
            yield from _in_reading_order(getattr(node, name, None) or [])
