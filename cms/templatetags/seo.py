"""Tags for the head of a page."""

import json
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from cms.head import Head, describe_context, is_told_by_page
from cms.parts import render_part
from cms.shared_picture import preview_url
from core.absolute_urls import domain

register = template.Library()


@register.simple_tag(takes_context=True)
def seo_head(context: Any) -> Head:
    """The content of `cms/head.html`: `{% seo_head as head %}`."""
    return describe_context(context)


@register.simple_tag(takes_context=True)
def page_head(context: Any) -> SafeString:
    """The head of what is being rendered: `cms/head.html`, kept if the page decides what is in it."""
    template, engine = "cms/head.html", context.template.engine
    if is_told_by_page(context):
        structured_data = json.dumps(context.get("structured_data") or {})
        values = {"page": context["page"], "site_context": context.get("site_context"), "structured_data": structured_data}
        return render_part(engine, template, values, keep=not getattr(context.get("request"), "is_preview", False))
    with context.push():
        return mark_safe(engine.get_template(template).render(context))


@register.simple_tag(takes_context=True)
def share_preview(context: Any, page: Any) -> dict[str, str]:
    """The picture and domain shown when the page is shared: `{% share_preview page as preview %}`."""
    site_context = context.get("site_context")
    return {"picture": preview_url(page, site_context.identity.name if site_context else ""), "domain": domain()}
