"""What stands around every page: identity, menus, banner. Read once per change of content, not once per page."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Site

from core.page_cache import content_version, is_anonymous

from .models import Announcement, Navigation, SiteIdentity


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


def _links(stream: Any) -> tuple[Link, ...]:
    """The entries that lead somewhere; one whose page is unpublished is left out."""
    links = []
    for block in stream:
        value = block.value if hasattr(block, "value") else block
        children = _links(value.get("children") or [])
        if value.href or children:
            links.append(Link(value["label"], value.href, children))
    return tuple(links)


def _read(site: Site) -> Chrome:
    identity = SiteIdentity.for_site(site)
    menus = Navigation.for_site(site)
    announcement = Announcement.for_site(site)
    page = announcement.link_page
    href = (page.url or "" if page.live else "") if page else announcement.link_url
    return Chrome(
        identity=identity,
        root_url=site.root_url,
        main_menu=_links(menus.main_menu),
        actions=_links(menus.actions),
        footer_menu=_links(menus.footer_menu),
        social=tuple(Link(block.value["label"], block.value["url"]) for block in identity.social_links),
        banner=Banner(announcement.text, announcement.level, Link(announcement.link_label, href) if href else None, announcement)
        if announcement.text
        else None,
    )


def chrome_for(request: HttpRequest) -> Chrome | None:
    """The surroundings of the site this request is for; None where no site is set up yet."""
    site = Site.find_for_request(request)
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
        "canonical_url": settings.WAGTAILADMIN_BASE_URL + request.path,
        "may_edit": not is_anonymous(request),
    }
