"""`{% part "navigation/footer.html" with site_context=site_context %}`: like `{% include … only %}`, but kept (see `cms.parts`)."""

from typing import Any

from django import template
from django.template.base import Node, Parser, Token, token_kwargs

from cms.parts import render_part

register = template.Library()


class PartNode(Node):
    def __init__(self, template_name: Any, values: dict[str, Any]):
        self.template_name, self.values = template_name, values

    def render(self, context: Any) -> str:
        values = {name: value.resolve(context) for name, value in self.values.items()}
        is_preview = getattr(context.get("request"), "is_preview", False)
        return render_part(context.template.engine, self.template_name.resolve(context), values, keep=not is_preview)


@register.tag
def part(parser: Parser, token: Token) -> PartNode:
    _tag, name, *words = token.split_contents()
    if words[:1] == ["with"]:
        del words[0]
    values = token_kwargs(words, parser)
    if words:
        raise template.TemplateSyntaxError(f"{{% part %}} takes names with values, not “{words[0]}”.")
    return PartNode(parser.compile_filter(name), values)
