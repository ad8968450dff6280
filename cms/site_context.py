"""What stands around every page: identity, menus, banner. Read once per change of content, not once per page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.models import Site

from core.absolute_urls import absolute
from core.web.page_cache import content_version, is_anonymous

from .models import Announcement, Navigation, SiteIdentity
from .public_pages import addresses

Setting = TypeVar("Setting", bound=BaseSiteSetting)


@dataclass(frozen=True)
class Link:
    """A menu entry, ready for a template."""

    label: str
    href: str
    children: tuple["Link", ...] = ()


@dataclass(frozen=True)
class Banner:
    """The announcement as stored; whether it stands now is asked at each request."""

    text: str
    level: str
    link: Link | None
    announcement: Announcement

    def is_shown(self, now: datetime) -> bool:
        return self.announcement.is_shown(now)


@dataclass(frozen=True)
class Chrome:
    """Everything around a page, without a database row in it that a template would have to follow."""

    identity: SiteIdentity
    root_url: str
    main_menu: tuple[Link, ...] = ()
    actions: tuple[Link, ...] = ()
    footer_menu: tuple[Link, ...] = ()
    social: tuple[Link, ...] = ()
    banner: Banner | None = field(default=None)


def _links(raw: Iterable[Any]) -> tuple[Link, ...]:
    """The entries of a stored menu that lead somewhere; one whose page is not published is left out. Asks for no page."""
    links = []
    for entry in raw:
        value = entry.get("value", entry)
        href = addresses().get(value["page"], "") if value.get("page") else value.get("url") or ""
        children = _links(value.get("children") or ())
        if href or children:
            links.append(Link(value.get("label") or "", href, children))
    return tuple(links)


def _setting(model: type[Setting], site: Site) -> Setting:
    """What the secretariat stored, or the defaults. Wagtail's `for_site` would store those, and a GET changes nothing."""
    return model.objects.filter(site=site).first() or model(site=site)


def _read(site: Site) -> Chrome:
    identity, menus, announcement = _setting(SiteIdentity, site), _setting(Navigation, site), _setting(Announcement, site)
    href = addresses().get(announcement.link_page_id, "") if announcement.link_page_id else announcement.link_url
    return Chrome(
        identity=identity,
        root_url=site.root_url,
        main_menu=_links(menus.main_menu.raw_data),
        actions=_links(menus.actions.raw_data),
        footer_menu=_links(menus.footer_menu.raw_data),
        social=tuple(Link(block.value["label"], block.value["url"]) for block in identity.social_links),
        banner=Banner(announcement.text, announcement.level, Link(announcement.link_label, href) if href else None, announcement)
        if announcement.text
        else None,
    )


def site_of(request: HttpRequest) -> Site | None:
    """The site this request is for, as Wagtail finds it; from memory when nothing changed."""
    if not hasattr(request, "_wagtail_site"):
        key = f"site:{content_version()}:{sha256(f'{request._get_raw_host()} {request.get_port()}'.encode()).hexdigest()}"
        found = caches["pages"].get(key)
        if found is None:
            found = Site.find_for_request(request)
            caches["pages"].set(key, found, 3600)
        request._wagtail_site = found
    return request._wagtail_site


def chrome_for(request: HttpRequest) -> Chrome | None:
    """The surroundings of the site this request is for; None where no site is set up yet."""
    site = site_of(request)
    if site is None:
        return None
    key = f"chrome:{site.pk}:{content_version()}"
    chrome = caches["pages"].get(key)
    if chrome is None:
        chrome = _read(site)
        caches["pages"].set(key, chrome, 3600)
    return chrome


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context: `chrome`, the banner when it stands now, the canonical address, and whether somebody may be signed in."""
    if request.path.startswith("/admin/") and not getattr(request, "is_preview", False):
        return {}
    chrome = chrome_for(request)
    banner = chrome.banner if chrome else None
    return {
        "chrome": chrome,
        "banner": banner if banner and banner.is_shown(timezone.now()) else None,
        "canonical_url": absolute(request.path),
        "may_edit": not is_anonymous(request),
    }
