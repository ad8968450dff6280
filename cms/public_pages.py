"""All public pages of any kind, and where each is, without loading them one by one."""

from functools import cache
from typing import Any

from django.core.cache import caches
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from wagtail.models import Page, Site, get_page_models
from wagtail.query import PageQuerySet

from core.web.page_cache import content_version

from .models import SitePage
from .page_privacy import open_to_all


@cache
def _kinds_of_page() -> tuple[str, ...]:
    """The relations from Page to each model that holds SitePage's fields."""
    direct = (model for model in get_page_models() if issubclass(model, SitePage) and Page in model._meta.parents)
    return tuple(model._meta.get_field("page_ptr").remote_field.get_accessor_name() for model in direct)


def public_pages() -> PageQuerySet:
    """Live pages of the site that are open to everybody."""
    return open_to_all(Page.objects.live().filter(depth__gt=1))


def on_any_kind(field: str) -> Any:
    """A field of SitePage as an expression on Page: `public_pages().annotate(standfirst=on_any_kind("standfirst"))`."""
    first, *others = (F(f"{relation}__{field}") for relation in _kinds_of_page())
    return Coalesce(first, *others) if others else Coalesce(first, Value(None))


def addresses() -> dict[int, str]:
    """Where each live page is, by its id: a path on a single site, else with scheme and host. From memory when nothing changed."""
    key = f"addresses:{content_version()}"
    found = caches["pages"].get(key)
    if found is None:
        roots = Site.get_site_root_paths()
        rows = Page.objects.live().values_list("pk", "url_path")
        found = {pk: address for pk, url_path in rows if (address := _address(url_path, roots))}
        caches["pages"].set(key, found, 3600)
    return found


def privacy_url() -> str:
    """The site's page on privacy; '' while there is none."""
    return "/privacy/" if "/privacy/" in addresses().values() else ""


def _address(url_path: str, roots: list[Any]) -> str:
    """As Wagtail's own `Page.url` has it; '' for a page below no site."""
    for root in roots:
        if url_path.startswith(root.root_path):
            path = url_path[len(root.root_path) - 1 :]
            return path if len(roots) == 1 else root.root_url + path
    return ""
