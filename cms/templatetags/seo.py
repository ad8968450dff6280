"""The head of a page."""

from typing import Any

from django import template

from cms.head import Head, describe_context

register = template.Library()


@register.simple_tag(takes_context=True)
def seo_head(context: Any) -> Head:
    """What `cms/head.html` writes: `{% seo_head as head %}`."""
    return describe_context(context)
