"""All public pages, and the URLs of live pages, without loading them one by one."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Coalesce
from wagtail.models import Page, Site, get_page_models
from wagtail.query import PageQuerySet

from .cached import cached_until_change
from .models import SitePage
from .page_privacy import open_to_all


@cache
def _site_page_relations() -> tuple[str, ...]:
    """The relations from Page to each model with the fields of SitePage."""
    direct = (model for model in get_page_models() if issubclass(model, SitePage) and Page in model._meta.parents)
    return tuple(model._meta.get_field("page_ptr").remote_field.get_accessor_name() for model in direct)


def public_pages() -> PageQuerySet:
    """Live pages of the site without view restriction. An alias shows another page, which is here already."""
    return open_to_all(Page.objects.live().filter(depth__gt=1, alias_of=None))


def site_page_field(field: str) -> Any:
    """A field of SitePage as an expression on Page: `public_pages().annotate(standfirst=site_page_field("standfirst"))`."""
    first, *others = (F(f"{relation}__{field}") for relation in _site_page_relations())
    return Coalesce(first, *others) if others else Coalesce(first, Value(None))


def urls_of(ids: Iterable[int | None]) -> dict[int, str]:
    """The URLs of those of the pages that are live, by id: a path if there is one site, else with scheme and host. At most one query."""
    wanted = {pk for pk in ids if pk}
    if not wanted:
        return {}
    roots = Site.get_site_root_paths()
    rows = Page.objects.live().filter(pk__in=wanted).values_list("pk", "url_path")
    return {pk: url for pk, url_path in rows if (url := _url(url_path, roots))}


def url_of(url_path: str) -> str:
    """The URL of a live page: a path if there is one site, else with scheme and host."""
    return _url(url_path, Site.get_site_root_paths())


def url_of_live_page(path: str) -> str:
    """The path, if a live page is there, else ''. Cached until the content changes."""

    def compute() -> str:
        roots = Site.get_site_root_paths()
        paths = [root.root_path + path.removeprefix("/") for root in roots]
        return path if len(roots) == 1 and Page.objects.live().filter(url_path__in=paths).exists() else ""

    return cached_until_change(f"url_of_live_page:{path}", compute)


def privacy_url() -> str:
    """The URL of the site's privacy page, '' if there is none."""
    return url_of_live_page("/privacy/")


def _url(url_path: str, roots: list[Any]) -> str:
    """The same as Wagtail's `Page.url`; '' for a page outside any site."""
    for root in roots:
        if url_path.startswith(root.root_path):
            path = url_path[len(root.root_path) - 1 :]
            return path if len(roots) == 1 else root.root_url + path
    return ""
