"""Dates and citations of posts, and what to read next."""

from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.dates import site_today
from news.models import PostPage
from news.read_next import ReadNext, read_next

register = template.Library()


@register.simple_tag(name="read_next")
def read_next_once(post: PostPage) -> ReadNext:
    """`{% read_next page as next %}`, found once however many parts of the page ask for it."""
    if "_read_next" not in post.__dict__:
        post.__dict__["_read_next"] = read_next(post)
    found: ReadNext = post.__dict__["_read_next"]
    return found


@register.simple_tag
def post_date(post: PostPage) -> SafeString | str:
    """The date in a `<time>` element. An approximate date has month and year only."""
    if not post.date:
        return ""
    if post.date_inferred:
        text = _("around %(month)s") % {"month": date_format(post.date, "F Y")}
        return format_html('<time datetime="{}">{}</time>', post.date.strftime("%Y-%m"), text)
    return format_html('<time datetime="{}">{}</time>', post.date.isoformat(), date_format(post.date, "j F Y"))


@register.simple_tag
def citation(post: PostPage, site_name: str, url: str) -> str:
    """The post as an entry of a reference list, with the date of today."""
    names = ", ".join(author.name for author in post.bylines) or post.byline or site_name
    dated = _("around %(year)s") % {"year": post.date.year} if post.date_inferred else date_format(post.date, "j F Y")
    seen = date_format(site_today(), "j F Y")
    return _("%(names)s (%(date)s). %(title)s. %(site)s. %(url)s (consulted %(seen)s).") % {
        "names": names,
        "date": dated,
        "title": post.title.rstrip("."),
        "site": site_name,
        "url": url,
        "seen": seen,
    }


@register.filter
def has_kind(post: Any, kinds: str) -> bool:
    """Whether the post is of one of these comma-separated kinds."""
    return post.kind in kinds.split(",")
