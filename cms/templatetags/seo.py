"""Tags for the head of a page."""

from typing import Any

from django import template

from cms.head import Head, describe_context
from cms.shared_picture import preview_url
from core.absolute_urls import domain

register = template.Library()


@register.simple_tag(takes_context=True)
def seo_head(context: Any) -> Head:
    """The content of `cms/head.html`: `{% seo_head as head %}`."""
    return describe_context(context)


@register.simple_tag(takes_context=True)
def share_preview(context: Any, page: Any) -> dict[str, str]:
    """The picture and domain shown when the page is shared: `{% share_preview page as preview %}`."""
    site_context = context.get("site_context")
    return {"picture": preview_url(page, site_context.identity.name if site_context else ""), "domain": domain()}
