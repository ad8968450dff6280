"""How much content a site has at each size, and filling a database with it."""

from typing import NamedTuple

from django.db import connection, transaction

from benchmarks.content.endorsements import add_declarations, add_endorsements
from benchmarks.content.members import add_applications, add_organisations
from benchmarks.content.posts import add_posts
from core.web.page_cache import content_changed


class Size(NamedTuple):
    posts: int
    endorsements: int
    organisations: int
    waiting: int = 150  # in the queue; more than a page


SIZES = {
    "small": Size(100, 150, 50),
    "medium": Size(1_000, 10_000, 500, 250),
    "large": Size(10_000, 100_000, 2_000, 500),
    # Of the growth test: a whole page of everything, and ten times as much.
    "tenth": Size(300, 2_000, 200),
    "whole": Size(3_000, 20_000, 2_000, 500),
}


def fill(size: Size) -> None:
    """Add to the starting content until it has this size, with all that belongs to it in proportion."""
    with transaction.atomic():
        add_organisations(size.organisations)
        add_applications(size.organisations)
        add_declarations(size.posts // 100)
        add_endorsements(size.endorsements, size.waiting)
        add_posts(size.posts)
    content_changed()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
