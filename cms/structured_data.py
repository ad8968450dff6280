"""JSON-LD in the vocabulary of schema.org: one graph whose nodes refer to each other by `@id`."""

import json
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.absolute_urls import absolute

from .site_context import SiteContext

Node = dict[str, Any]
# Inside a script element no end tag or comment may begin (HTML 5.2 §4.12.1.3); & is escaped for XML parsers.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def organisation_id() -> str:
    return absolute("/#organization")


def website_id() -> str:
    return absolute("/#website")


def organisation(site_context: SiteContext) -> Node:
    """The coalition, publisher of all pages."""
    identity = site_context.identity
    return without_empty(
        {
            "@type": "Organization",
            "@id": organisation_id(),
            "name": identity.name,
            "alternateName": identity.short_name,
            "slogan": identity.vision,
            "description": identity.about_line,
            "url": absolute("/"),
            "email": identity.contact_email,
            "logo": {"@type": "ImageObject", "url": absolute(static("img/icon-512.png")), "width": 512, "height": 512},
            "sameAs": [link.href for link in site_context.social],
        }
    )


def website(site_context: SiteContext) -> Node:
    return {
        "@type": "WebSite",
        "@id": website_id(),
        "name": site_context.identity.name,
        "url": absolute("/"),
        "inLanguage": settings.LANGUAGE_CODE,
        "publisher": {"@id": organisation_id()},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": absolute(reverse("search")) + "?q={search_term_string}"},
            "query-input": "required name=search_term_string",
        },
    }


def web_page(kind: str, *, name: str, description: str, url: str, image: str) -> Node:
    """The node that every page has; page models add to it."""
    return without_empty(
        {
            "@type": kind,
            "@id": f"{url}#page",
            "url": url,
            "name": name,
            "description": description,
            "inLanguage": settings.LANGUAGE_CODE,
            "isPartOf": {"@id": website_id()},
            "publisher": {"@id": organisation_id()},
            "image": image,
        }
    )


def breadcrumb_list(crumbs: list[tuple[str, str]]) -> Node:
    """The breadcrumbs from the home page to the page itself, as names and absolute URLs."""
    items = [{"@type": "ListItem", "position": number, "name": name, "item": url} for number, (name, url) in enumerate(crumbs, 1)]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def without_empty(node: Node) -> Node:
    """The node without empty values."""
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}


def as_script(graph: list[Node]) -> SafeString:
    """The graph as the content of a script element, escaped so that no text in it can end the element."""
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_ESCAPES))
