"""The context of every page: identity, menus, banner. Cached until the content changes."""

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.models import Site

from core.absolute_urls import absolute
from core.web.page_cache import is_anonymous, page_changes_at

from .cached import cached_until_change
from .models import Announcement, Navigation, SiteIdentity
from .public_pages import urls_of

Setting = TypeVar("Setting", bound=BaseSiteSetting)


@dataclass(frozen=True)
class Link:
    """A menu entry, ready for a template."""

    label: str
    href: str
    children: tuple["Link", ...] = ()


@dataclass(frozen=True)
class Banner:
    """The announcement, cached; whether it is shown now is checked at each request."""

    text: str
    level: str
    link: Link | None
    announcement: Announcement

    def is_shown(self, now: datetime) -> bool:
        for moment in (self.announcement.starts_at, self.announcement.ends_at):
            page_changes_at(moment)
        return self.announcement.is_shown(now)


@dataclass(frozen=True)
class SiteContext:
    """The site's identity, menus and banner, ready for templates without further queries."""

    site_id: int
    identity: SiteIdentity
    root_url: str
    main_menu: tuple[Link, ...] = ()
    actions: tuple[Link, ...] = ()
    footer_menu: tuple[Link, ...] = ()
    social: tuple[Link, ...] = ()
    banner: Banner | None = field(default=None)

    def marked(self, path: str) -> str:
        """The path, if the main menu has an entry for it, which is then marked as the current one; else ''."""
        entries = (*self.main_menu, *(child for entry in self.main_menu for child in entry.children))
        return path if path == reverse("search") or any(entry.href == path for entry in entries) else ""


def _links(raw: Iterable[Any], urls: dict[int, str]) -> tuple[Link, ...]:
    """The entries of a stored menu without those whose page is not published."""
    links = []
    for entry in raw:
        value = entry.get("value", entry)
        href = urls.get(value["page"], "") if value.get("page") else value.get("url") or ""
        children = _links(value.get("children") or (), urls)
        if href or children:
            links.append(Link(value.get("label") or "", href, children))
    return tuple(links)


def _linked_pages(raw: Iterable[Any]) -> Iterator[int | None]:
    """The ids of the pages in a stored menu."""
    for entry in raw:
        value = entry.get("value", entry)
        yield value.get("page")
        yield from _linked_pages(value.get("children") or ())


def _setting(model: type[Setting], site: Site) -> Setting:
    """The stored setting, or the defaults. Wagtail's `for_site` would store the defaults, but a GET must change nothing."""
    return model.objects.filter(site=site).first() or model(site=site)


def _read(site: Site) -> SiteContext:
    identity, menus, announcement = _setting(SiteIdentity, site), _setting(Navigation, site), _setting(Announcement, site)
    stored = [list(menu.raw_data) for menu in (menus.main_menu, menus.actions, menus.footer_menu)]
    urls = urls_of([announcement.link_page_id, *(pk for menu in stored for pk in _linked_pages(menu))])
    main_menu, actions, footer_menu = (_links(menu, urls) for menu in stored)
    href = urls.get(announcement.link_page_id, "") if announcement.link_page_id else announcement.link_url
    return SiteContext(
        site_id=site.pk,
        identity=identity,
        root_url=site.root_url,
        main_menu=main_menu,
        actions=actions,
        footer_menu=footer_menu,
        social=tuple(Link(block.value["label"], block.value["url"]) for block in identity.social_links),
        banner=Banner(announcement.text, announcement.level, Link(announcement.link_label, href) if href else None, announcement)
        if announcement.text
        else None,
    )


def get_site(request: HttpRequest) -> Site | None:
    """The site of this request, as found by Wagtail. Cached until the content changes."""
    if not hasattr(request, "_wagtail_site"):
        host = sha256(f"{request._get_raw_host()} {request.get_port()}".encode()).hexdigest()
        request._wagtail_site = copy.copy(cached_until_change(f"site:{host}", lambda: Site.find_for_request(request)))
    return request._wagtail_site


def get_site_context(request: HttpRequest) -> SiteContext | None:
    """The context of this request's site, None if there is no site yet."""
    site = get_site(request)
    return cached_until_change(f"site_context:{site.pk}", lambda: _read(site)) if site else None


def site_context(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `site_context`, the banner if it is shown now, the canonical URL, and whether the user may be an editor."""
    if request.path.startswith("/admin/") and not getattr(request, "is_preview", False):
        return {}
    current = get_site_context(request)
    banner = current.banner if current else None
    return {
        "site_context": current,
        "marked_path": current.marked(request.path) if current else "",
        "banner": banner if banner and banner.is_shown(timezone.now()) else None,
        "canonical_url": absolute(request.path),
        "may_edit": not is_anonymous(request),
    }
