"""What to read after a post: related posts and the neighbours in its series.

Chosen from the cached list of posts and loaded together, so that the number of queries is constant.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from news.models.post import PostPage

from .listing import PostRow, published_posts

RELATED_POSTS = 3


@dataclass(frozen=True)
class ReadNext:
    """Related posts, and the previous and following part of the series, if any."""

    related: list[PostPage]
    previous: PostPage | None
    following: PostPage | None


def read_next(post: PostPage) -> ReadNext:
    """The posts chosen by editors, then those that share most topics or the series, newest first. Four queries."""
    rows = [row for row in published_posts().rows if row.pk not in (post.pk, post.alias_of_id)]
    published = {row.pk for row in rows}
    chosen = [entry.post_id for entry in post.related.all() if entry.post_id in published][:RELATED_POSTS]
    related = (chosen + [row.pk for row in _similar(post, rows) if row.pk not in chosen])[:RELATED_POSTS]
    previous, following = _neighbours(post, rows)
    wanted = {*related, previous, following} - {None}
    posts: dict[int, PostPage] = PostPage.objects.with_bylines().select_related("lead_image").in_bulk(wanted) if wanted else {}
    _load_pictures(post, posts.values())
    return ReadNext(
        [posts[pk] for pk in related if pk in posts],
        posts.get(previous) if previous else None,
        posts.get(following) if following else None,
    )


def _similar(post: PostPage, rows: list[PostRow]) -> list[PostRow]:
    topics = {topic.slug for topic in post.topics.all()}
    similar = [row for row in rows if row.topic & topics or (post.series_id and row.series == post.series_id)]
    return sorted(similar, key=lambda row: -len(row.topic & topics))


def _neighbours(post: PostPage, rows: list[PostRow]) -> tuple[int | None, int | None]:
    if not post.series_id or not post.part:
        return None, None
    parts = sorted((row.part, row.pk) for row in rows if row.series == post.series_id and row.part)
    before = [pk for part, pk in parts if part < post.part]
    after = [pk for part, pk in parts if part > post.part]
    return (before[-1] if before else None), (after[0] if after else None)


def _load_pictures(post: PostPage, others: Iterable[PostPage]) -> None:
    """Load the renditions of all pictures on the page, in one query."""
    pictures = [post.lead_image, *(author.portrait for author in post.bylines), *(other.lead_image for other in others)]
    prefetch_related_objects([picture for picture in pictures if picture], "renditions")
