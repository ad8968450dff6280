"""Tags and filters for public templates of all apps."""

import re
from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.template import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue
from wagtail.templatetags.wagtailcore_tags import richtext

from cms import anchors
from cms.charts import COLUMNS, CROWD, PITCH, ROWS, dot_field
from cms.end_notes import link_markers

register = template.Library()
_WITH_NUMBER = re.compile(r"\b[^\W\d_]+-\d+\b")


@register.simple_tag(takes_context=True)
def prose(context: Context, value: Any) -> str:
    """Rich text as HTML. If the page has end notes, `[1]` markers link to them."""
    html = str(richtext(value)) if value else ""
    notes = getattr(context.get("page"), "notes", None)
    linked: set[int] = context.get("linked_notes", set())  # type: ignore[assignment]
    return link_markers(html, len(notes), linked) if notes else mark_safe(html)


@register.filter
def unbroken(text: str) -> SafeString:
    """The text with words such as COVID-19 kept on one line."""
    return mark_safe(_WITH_NUMBER.sub(r'<span class="unbroken">\g<0></span>', conditional_escape(text)))


@register.filter
def headings(body: StreamValue) -> list[Any]:
    """The values of a body's section headings, for a table of contents."""
    return [block.value for block in anchors.with_anchors(body) if block.block_type == "heading" and block.value.get("level") == "h2"]


register.filter(anchors.with_anchors)


@register.filter
def block_items(value: Any) -> Any:
    """A block's field named `items`. In a template, `value.items` would call the method of the mapping."""
    return value.get("items") or []


@register.filter
def block_at(body: StreamValue, place: int) -> Any:
    """The block at this place. Reads no blocks of other types, unless it needs an anchor of its own on the page."""
    block = body[place]
    return anchors.with_anchors(body)[place] if isinstance(block.value, anchors.AnchoredValue) else block


@register.filter
def times(number: int, factor: int) -> int:
    return number * factor


@register.filter
def has_block(body: StreamValue, name: str) -> bool:
    """Whether the body has a block of this type. Reads no block."""
    return any(raw["type"] == name for raw in body.raw_data)


@register.inclusion_tag("components/dot_field.html")
def dots(per_thousand: Any, label: str = "") -> dict[str, Any]:
    """A field of 1,000 dots of which `per_thousand` are coloured. With a label it is an image, without one decoration."""
    workers = dot_field(per_thousand or 0)
    return {"workers": workers, "width": COLUMNS * PITCH, "height": ROWS * PITCH, "pitch": PITCH, "crowd": CROWD, "label": label}


@register.simple_tag
def share_links(url: str, title: str) -> list[tuple[str, str]]:
    """Plain links for sharing a URL, so that no network learns of the reader before a click."""
    text = f"{title} {url}"
    return [
        (_("E-mail"), f"mailto:?subject={quote(title)}&body={quote(url)}"),
        ("WhatsApp", f"https://wa.me/?{urlencode({'text': text})}"),
        ("LinkedIn", f"https://www.linkedin.com/sharing/share-offsite/?{urlencode({'url': url})}"),
        ("Facebook", f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': url})}"),
        ("Bluesky", f"https://bsky.app/intent/compose?{urlencode({'text': text})}"),
        ("Mastodon", f"https://mastodonshare.com/?{urlencode({'text': title, 'url': url})}"),
    ]
