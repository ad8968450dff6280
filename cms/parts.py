"""Parts of public pages, rendered once for each version of the public content: the header, a post's text, a card.

A part is a template that sees nothing but the values it is given: no request, no user, no other variable of the page. These values, the
language and the day are its key, so a part can show nothing personal and nothing older than the content. It is kept only while a public
page is rendered for somebody who is not signed in; previews, drafts and editors get it rendered anew. A value named `page` is the page that
is being read, whose rows are loaded only if one of its parts is rendered.
"""

from collections.abc import Hashable, Mapping
from typing import Any

from django.core.cache import caches
from django.db.models import Model
from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from wagtail.models import Page

from core.dates import site_today
from core.web.page_cache import content_version, is_serving_public_page

from .faceted_list import FacetedList
from .models import SitePage
from .site_context import SiteContext

SECONDS = 3600


def render_part(engine: Engine, template_name: str, values: Mapping[str, Any], *, keep: bool = True) -> SafeString:
    """The template with these values. `keep=False` for what no other reader may see."""
    if not (keep and is_serving_public_page() and all(_is_public(value) for value in values.values())):
        return _render(engine, template_name, values)
    key = (template_name, get_language(), site_today(), *((name, identity(value)) for name, value in values.items()))
    cache, version = caches["parts"], content_version()
    html: SafeString | None = cache.get(key, version=version)
    if html is None:
        html = _render(engine, template_name, values)
        cache.set(key, html, SECONDS, version=version)
    return html


def identity(value: Any) -> Hashable:
    """What tells a value from others of one version of the content. Raises TypeError for one that cannot be told."""
    if value is None or isinstance(value, str | int | bool):
        return type(value), value
    if isinstance(value, Model) and value.pk:
        return value._meta.label, value.pk
    if isinstance(value, SiteContext):
        return "site", value.site_id
    if isinstance(value, FacetedList) and value.is_public_content:
        return type(value).__name__, value.base, *value.filters.items(), value.number, value.text
    raise TypeError(f"A part cannot be given a {type(value).__name__}: nothing tells it from others.")


def _is_public(value: Any) -> bool:
    """Whether the value may be kept. Searches are not: there is no end of them."""
    return value.live if isinstance(value, Page) else not (isinstance(value, FacetedList) and value.text)


def _render(engine: Engine, template_name: str, values: Mapping[str, Any]) -> SafeString:
    if isinstance(page := values.get("page"), SitePage):
        page.load_shown()
    return mark_safe(engine.get_template(template_name).render(Context(dict(values))))
