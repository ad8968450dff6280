"""What to read after a post: related posts and the neighbours in its series."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, Subquery, prefetch_related_objects

from cms.cached import cached_until_change
from news.models.post import NEWEST_FIRST, PostPage

RELATED_POSTS = 3
# Of these, up to four are not offered: the post itself, the post that an alias shows, and two that editors chose.
CANDIDATES = RELATED_POSTS + 4


@dataclass(frozen=True)
class ReadNext:
    """Related posts, and the previous and following part of the series, if any."""

    related: list[PostPage]
    previous: PostPage | None
    following: PostPage | None


def read_next(post: PostPage) -> ReadNext:
    """The posts chosen by editors, then those that share most topics or the series, newest first."""
    same = {post.pk, post.alias_of_id}
    chosen = [entry.post_id for entry in post.related.all()]
    related = [pk for pk in dict.fromkeys([*chosen, *_similar(post)]) if pk not in same]
    previous, following = _neighbours(post)
    found = PostPage.objects.published().filter(pk__in={*related, previous, following} - {None})
    posts: dict[int, PostPage] = {other.pk: other for other in found.with_bylines().select_related("lead_image").defer_streamfields()}
    _load_pictures(post, posts.values())
    return ReadNext(
        [posts[pk] for pk in related if pk in posts][:RELATED_POSTS],
        posts.get(previous) if previous else None,
        posts.get(following) if following else None,
    )


def _similar(post: PostPage) -> list[int]:
    """Candidates with the same topics, then those of the same series. Cached for all posts with these topics until the content changes."""
    topics = sorted(topic.pk for topic in post.topics.all())
    sharing = cached_until_change(f"sharing:{topics}".replace(" ", ""), lambda: _sharing(topics)) if topics else []
    of_series = cached_until_change(f"of_series:{post.series_id}", lambda: _of_series(post.series_id)) if post.series_id else []
    return [*sharing, *of_series]


def _sharing(topics: list[int]) -> list[int]:
    posts = PostPage.objects.published().filter(topics__in=topics).values("pk").annotate(shared=Count("topics"))
    return list(posts.order_by("-shared", *NEWEST_FIRST).values_list("pk", flat=True)[:CANDIDATES])


def _of_series(series: int) -> list[int]:
    return list(PostPage.objects.published().filter(series=series).newest_first().values_list("pk", flat=True)[:CANDIDATES])


def _neighbours(post: PostPage) -> tuple[int | None, int | None]:
    """The posts of the series with the next lower and the next higher part."""
    if not post.series_id or not post.part:
        return None, None
    parts = PostPage.objects.published().filter(series=post.series_id, part__gt=0)
    before, after = parts.filter(part__lt=post.part).order_by("-part", "-pk"), parts.filter(part__gt=post.part).order_by("part", "pk")
    found = parts.filter(Q(pk=Subquery(before.values("pk")[:1])) | Q(pk=Subquery(after.values("pk")[:1]))).order_by("part")
    by_side = {part > post.part: pk for pk, part in found.values_list("pk", "part")}
    return by_side.get(False), by_side.get(True)


def _load_pictures(post: PostPage, others: Iterable[PostPage]) -> None:
    """Load the renditions of all pictures on the page, in one query."""
    pictures = [post.lead_image, *(author.portrait for author in post.bylines), *(other.lead_image for other in others)]
    prefetch_related_objects([picture for picture in pictures if picture], "renditions")
