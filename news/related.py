"""What a reader of a post may read next.

Chosen from the catalogue in memory and loaded together, so that a post costs the same number of queries whatever stands around it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from news.models.post import PostPage

from .listing import PostRow, catalogue

WANTED = 3


@dataclass(frozen=True)
class Surroundings:
    """Related posts, and the parts of the series before and after, None at its ends."""

    related: list[PostPage]
    previous: PostPage | None
    following: PostPage | None


def surroundings(post: PostPage) -> Surroundings:
    """The posts that editors chose, filled up with those that share most topics or the series, newest first. Four queries."""
    rows = [row for row in catalogue().rows if row.pk != post.pk]
    known = {row.pk for row in rows}
    chosen = [entry.post_id for entry in post.related.all() if entry.post_id in known][:WANTED]
    related = (chosen + [row.pk for row in _alike(post, rows) if row.pk not in chosen])[:WANTED]
    previous, following = _neighbours(post, rows)
    wanted = {*related, previous, following} - {None}
    posts: dict[int, PostPage] = PostPage.objects.with_bylines().select_related("lead_image").in_bulk(wanted) if wanted else {}
    _load_pictures(post, posts.values())
    return Surroundings(
        [posts[pk] for pk in related if pk in posts],
        posts.get(previous) if previous else None,
        posts.get(following) if following else None,
    )


def _alike(post: PostPage, rows: list[PostRow]) -> list[PostRow]:
    topics = {topic.slug for topic in post.topics.all()}
    near = [row for row in rows if row.topic & topics or (post.series_id and row.series == post.series_id)]
    return sorted(near, key=lambda row: -len(row.topic & topics))


def _neighbours(post: PostPage, rows: list[PostRow]) -> tuple[int | None, int | None]:
    if not post.series_id or not post.part:
        return None, None
    parts = sorted((row.part, row.pk) for row in rows if row.series == post.series_id and row.part)
    before = [pk for part, pk in parts if part < post.part]
    after = [pk for part, pk in parts if part > post.part]
    return (before[-1] if before else None), (after[0] if after else None)


def _load_pictures(post: PostPage, others: Iterable[PostPage]) -> None:
    """The renditions of every picture on the page, in one query."""
    pictures = [post.lead_image, *(author.portrait for author in post.bylines), *(other.lead_image for other in others)]
    prefetch_related_objects([picture for picture in pictures if picture], "renditions")
