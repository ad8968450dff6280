"""The head of a page."""

from typing import Any

from django import template

from cms.head import Head, describe_context
from cms.shared_picture import preview_of
from core.absolute_urls import domain

register = template.Library()


@register.simple_tag(takes_context=True)
def seo_head(context: Any) -> Head:
    """What `cms/head.html` writes: `{% seo_head as head %}`."""
    return describe_context(context)


@register.simple_tag(takes_context=True)
def share_preview(context: Any, page: Any) -> dict[str, str]:
    """The picture and the domain that somebody sees to whom the page is sent: `{% share_preview page as preview %}`."""
    chrome = context.get("chrome")
    return {"picture": preview_of(page, chrome.identity.name if chrome else ""), "domain": domain()}
