"""The content of a page's `<head>` for search engines, messengers and feed readers.

`describe_context` starts with what all pages have. Other apps add to it for their page models with `@describes(PageModel)`: posts add
authors and dates, the news listing its filters. A view without a Wagtail page gives a `title` in its context and perhaps `noindex`, or
else `view_head`, a `ViewHead`, if it has a URL to be found at. A page may add `subpage_head`, a `SubpageHead`, for a URL below its own,
and `structured_data` for its JSON-LD node, as a mapping or JSON.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from core.absolute_urls import absolute

from .shared_picture import SharePicture, home_picture, share_picture
from .site_context import SiteContext, get_site
from .structured_data import Node, as_script, breadcrumb_list, organisation, web_page, website


@dataclass(frozen=True)
class FeedLink:
    """A feed for feed readers to discover."""

    title: str
    href: str
    type: str


class Crumb(NamedTuple):
    """A breadcrumb above a view: its name and its path."""

    title: str
    url: str


@dataclass(frozen=True)
class SubpageHead:
    """The head of a view whose URL is `path` below that of a Wagtail page."""

    name: str
    path: str
    description: str = ""
    number: int = 1
    noindex: bool = False
    schema_type: str = "WebPage"


@dataclass(frozen=True)
class ViewHead(SubpageHead):
    """The head of a view without a Wagtail page; `path` is the whole path. `above` are its breadcrumbs below the home page."""

    above: tuple[Crumb, ...] = ()
    about: Node = field(default_factory=dict)

    @property
    def breadcrumbs(self) -> list[Crumb]:
        return [Crumb(_("Home"), "/"), *self.above]


@dataclass
class Head:
    """Everything that `cms/head.html` renders. Without a canonical URL, none is rendered."""

    site_name: str = ""
    short_name: str = ""
    name: str = ""
    number: int = 1
    description: str = ""
    canonical: str = ""
    noindex: bool = False
    og_type: str = "website"
    image: str = ""
    image_alt: str = ""
    image_width: int = 0
    image_height: int = 0
    properties: list[tuple[str, str]] = field(default_factory=list)
    feeds: list[FeedLink] = field(default_factory=list)
    crumbs: list[tuple[str, str]] = field(default_factory=list)
    site_nodes: list[Node] = field(default_factory=list)
    node: Node = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The document title: the name, the page number of a list, the name of the site. Unique within the site."""
        parts = [self.name, _("page %(number)d") % {"number": self.number} if self.number > 1 else "", self.short_name]
        return " · ".join(part for part in parts if part)

    def show_picture(self, picture: SharePicture, *, alt: str) -> None:
        self.image, self.image_alt = absolute(picture.url), alt
        self.image_width, self.image_height = picture.width, picture.height

    @property
    def shared_title(self) -> str:
        return self.name or self.site_name

    @property
    def locale(self) -> str:
        return to_locale(get_language() or "")

    @property
    def json_ld(self) -> SafeString | str:
        nodes = [*self.site_nodes, *([self.node] if self.node else []), *([breadcrumb_list(self.crumbs)] if len(self.crumbs) > 1 else [])]
        return as_script(nodes) if nodes else ""


Describer = Callable[[Head, Any, Any], None]
_describers: dict[type, Describer] = {}
_reads_context: set[Describer] = set()


def describes(model: type, *, reads_context: bool = False) -> Callable[[Describer], Describer]:
    """Register a function that adds to the head of pages of this model. It gets the head, the page and the template context.

    With `reads_context` it needs more of the context than the page.
    """

    def register(describer: Describer) -> Describer:
        _describers[model] = describer
        if reads_context:
            _reads_context.add(describer)
        return describer

    return register


def is_told_by_page(context: Any) -> bool:
    """Whether the page, the site and the structured data of its view decide what is in the head."""
    page = context.get("page")
    others = ("title", "noindex", "view_head", "subpage_head")
    return bool(getattr(page, "pk", None)) and _describer_of(page) not in _reads_context and not any(context.get(name) for name in others)


def _describer_of(page: Any) -> Describer | None:
    return next((_describers[model] for model in type(page).__mro__ if model in _describers), None)


def describe_context(context: Any) -> Head:
    """The head of what is being rendered. Works without a page or a site, because error pages have a head too."""
    site_context: SiteContext | None = context.get("site_context")
    head = Head(name=str(context.get("title") or ""), noindex=bool(context.get("noindex")))
    if site_context:
        identity = site_context.identity
        head.site_name, head.short_name, head.description = identity.name, identity.short_name, identity.vision
        head.site_nodes = [organisation(site_context), website(site_context)]
    if view := context.get("view_head"):
        _describe_view(head, view, context)
    page = context.get("page")
    if getattr(page, "pk", None) and hasattr(page, "document_title"):
        _describe_page(head, page, context)
    return head


def _describe_view(head: Head, view: ViewHead, context: Any) -> None:
    head.name, head.number, head.noindex = view.name, view.number, view.noindex
    head.canonical = absolute(view.path)
    head.description = view.description or head.description
    site = get_site(context["request"]) if context.get("request") else None
    if site and (picture := home_picture(site, head.site_name)):
        head.show_picture(picture, alt=head.site_name)
    head.crumbs = [(crumb.title, absolute(crumb.url)) for crumb in (*view.breadcrumbs, Crumb(view.name, view.path))]
    head.node = web_page(view.schema_type, name=view.name, description=head.description, url=head.canonical, image=head.image) | view.about


def _describe_page(head: Head, page: Any, context: Any) -> None:
    original = page.alias_of if page.alias_of_id else page
    head.canonical = absolute(original.get_url(context.get("request")) or "/")
    head.name = head.name or page.document_title
    head.description = page.description or head.description
    head.noindex = head.noindex or page.noindex
    head.show_picture(share_picture(page, head.site_name), alt=page.title)
    breadcrumbs = list(page.breadcrumbs if context.get("breadcrumbs") is None else context["breadcrumbs"])
    head.crumbs = [(above.title if number else _("Home"), absolute(above.get_url() or "/")) for number, above in enumerate(breadcrumbs)]
    if page not in breadcrumbs:
        head.crumbs.append((page.title, head.canonical))
    if page.schema_type != "WebSite":  # the home page is described by the node of the site
        head.node = web_page(page.schema_type, name=page.title, description=head.description, url=head.canonical, image=head.image)
    if not breadcrumbs:
        head.name = page.seo_title or head.site_name
    describer = _describer_of(page)
    if subpage := context.get("subpage_head"):
        _describe_subpage(head, page, subpage)
    elif describer:
        describer(head, page, context)
    structured_data = context.get("structured_data") or {}
    head.node |= json.loads(structured_data) if isinstance(structured_data, str) else structured_data


def _describe_subpage(head: Head, page: Any, subpage: SubpageHead) -> None:
    """A view below a page, with its own name and URL, and one more breadcrumb."""
    head.name, head.number, head.noindex = f"{subpage.name}: {page.title}", subpage.number, head.noindex or subpage.noindex
    head.canonical = absolute(f"{page.url}{subpage.path}")
    head.description = subpage.description or head.description
    head.crumbs.append((subpage.name, head.canonical))
    head.node = web_page(subpage.schema_type, name=head.name, description=head.description, url=head.canonical, image=head.image)
