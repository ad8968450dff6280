"""How posts are dated and cited, and what to read next."""

from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from news.models import PostPage
from news.related import Surroundings, surroundings

register = template.Library()


@register.simple_tag
def post_date(post: PostPage) -> SafeString | str:
    """The date as a `<time>`; an inferred one shows month and year only, and says so."""
    if not post.date:
        return ""
    if post.date_inferred:
        words = _("around %(month)s") % {"month": date_format(post.date, "F Y")}
        return format_html('<time datetime="{}">{}</time>', post.date.strftime("%Y-%m"), words)
    return format_html('<time datetime="{}">{}</time>', post.date.isoformat(), date_format(post.date, "j F Y"))


@register.simple_tag
def citation(post: PostPage, site_name: str, url: str) -> str:
    """The post as a reference list would name it, with the day it was looked up."""
    names = ", ".join(author.name for author in post.bylines) or post.byline or site_name
    dated = _("around %(year)s") % {"year": post.date.year} if post.date_inferred else date_format(post.date, "j F Y")
    seen = date_format(timezone.localdate(), "j F Y")
    return _("%(names)s (%(date)s). %(title)s. %(site)s. %(url)s (consulted %(seen)s).") % {
        "names": names,
        "date": dated,
        "title": post.title.rstrip("."),
        "site": site_name,
        "url": url,
        "seen": seen,
    }


@register.simple_tag
def read_next(post: PostPage) -> Surroundings:
    """Related posts, and the parts of the series before and after: `{% read_next page as next %}`."""
    return surroundings(post)


@register.filter
def has_kind(post: Any, kinds: str) -> bool:
    """Whether the post is of one of these comma-separated kinds."""
    return post.kind in kinds.split(",")
