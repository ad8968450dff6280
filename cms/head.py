"""What stands in the head of a page for search engines, messengers and feed readers.

`describe_context` starts from what every page has. Apps above add what their kinds of page have with `@describes(PageModel)`: posts their
authors and dates, the news listing its filters. A view without a page gives `title` and, if need be, `noindex` in its context, or
`view`, a `View`, when it has an address to be found at. The context of a page may add `part`, a `Part`, at an address below the page's,
and `structured_data` for the page's own node.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from core.absolute_urls import absolute

from .shared_picture import address_of, home_picture
from .site_context import Chrome, site_of
from .structured_data import Node, as_script, breadcrumbs, organisation, web_page, website


@dataclass(frozen=True)
class FeedLink:
    """A feed for the reader's feed reader to find."""

    title: str
    href: str
    type: str


class Step(NamedTuple):
    """A page above a view: its name and its path."""

    title: str
    url: str


@dataclass(frozen=True)
class Part:
    """What has an address of its own and is no page says of itself; the address stands below that of what it is a part of."""

    name: str
    path: str
    description: str = ""
    number: int = 1
    noindex: bool = False
    schema_type: str = "WebPage"


@dataclass(frozen=True)
class View(Part):
    """A part of the site itself, with the way to it below the home page."""

    above: tuple[Step, ...] = ()
    about: Node = field(default_factory=dict)

    @property
    def trail(self) -> list[Step]:
        """For the breadcrumbs."""
        return [Step(_("Home"), "/"), *self.above]


@dataclass
class Head:
    """Everything `cms/head.html` writes. An empty canonical address means that none is given."""

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
    properties: list[tuple[str, str]] = field(default_factory=list)
    feeds: list[FeedLink] = field(default_factory=list)
    crumbs: list[tuple[str, str]] = field(default_factory=list)
    site_nodes: list[Node] = field(default_factory=list)
    node: Node = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Unique within the site: what the page is, which page of a list, whose site."""
        parts = [self.name, _("page %(number)d") % {"number": self.number} if self.number > 1 else "", self.short_name]
        return " · ".join(part for part in parts if part)

    @property
    def shared_title(self) -> str:
        return self.name or self.site_name

    @property
    def locale(self) -> str:
        return to_locale(get_language() or "")

    @property
    def json_ld(self) -> SafeString | str:
        nodes = [*self.site_nodes, *([self.node] if self.node else []), *([breadcrumbs(self.crumbs)] if len(self.crumbs) > 1 else [])]
        return as_script(nodes) if nodes else ""


Describer = Callable[[Head, Any, Any], None]
_describers: dict[type, Describer] = {}


def describes(model: type) -> Callable[[Describer], Describer]:
    """Register a function that adds to the head of pages of this model: called with the head, the page and the template's context."""

    def register(describer: Describer) -> Describer:
        _describers[model] = describer
        return describer

    return register


def describe_context(context: Any) -> Head:
    """The head for what is being rendered. It needs neither a page nor a site: error pages have a head too."""
    chrome: Chrome | None = context.get("chrome")
    head = Head(name=str(context.get("title") or ""), noindex=bool(context.get("noindex")))
    if chrome:
        identity = chrome.identity
        head.site_name, head.short_name, head.description = identity.name, identity.short_name, identity.vision
        head.site_nodes = [organisation(chrome), website(chrome)]
    view = context.get("view")
    if isinstance(view, View):
        _describe_view(head, view, context)
    page = context.get("page")
    if getattr(page, "pk", None) and hasattr(page, "document_title"):
        _describe_page(head, page, context)
    return head


def _describe_view(head: Head, view: View, context: Any) -> None:
    head.name, head.number, head.noindex = view.name, view.number, view.noindex
    head.canonical = absolute(view.path)
    head.description = view.description or head.description
    site = site_of(context["request"]) if context.get("request") else None
    if site and (picture := home_picture(site, head.site_name)):
        head.image, head.image_alt = absolute(picture), head.site_name
    head.crumbs = [(step.title, absolute(step.url)) for step in (*view.trail, Step(view.name, view.path))]
    head.node = web_page(view.schema_type, name=view.name, description=head.description, url=head.canonical, image=head.image) | view.about


def _describe_page(head: Head, page: Any, context: Any) -> None:
    own = page.alias_of if page.alias_of_id else page
    head.canonical = absolute(own.get_url(context.get("request")) or "/")
    head.name = head.name or page.document_title
    head.description = page.description or head.description
    head.noindex = head.noindex or page.noindex
    head.image, head.image_alt = absolute(address_of(page, head.site_name)), page.title
    trail = list(context.get("trail") or ())
    head.crumbs = [(step.title if number else _("Home"), absolute(step.get_url() or "/")) for number, step in enumerate(trail)]
    if page not in trail:
        head.crumbs.append((page.title, head.canonical))
    if page.schema_type != "WebSite":  # the home page is the site, which is told already
        head.node = web_page(page.schema_type, name=page.title, description=head.description, url=head.canonical, image=head.image)
    if not trail:
        head.name = page.seo_title or head.site_name
    describer = next((_describers[model] for model in type(page).__mro__ if model in _describers), None)
    if part := context.get("part"):
        _describe_part(head, page, part)
    elif describer:
        describer(head, page, context)
    head.node |= context.get("structured_data") or {}


def _describe_part(head: Head, page: Any, part: Part) -> None:
    """A part of a page with its own name and address, one step below the page."""
    head.name, head.number, head.noindex = f"{part.name}: {page.title}", part.number, head.noindex or part.noindex
    head.canonical = absolute(f"{page.url}{part.path}")
    head.description = part.description or head.description
    head.crumbs.append((part.name, head.canonical))
    head.node = web_page(part.schema_type, name=head.name, description=head.description, url=head.canonical, image=head.image)
