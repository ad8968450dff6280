"""Where posts of the coalition's former site are now."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect
from django.views.decorators.http import require_safe

from core.web.redirects import with_query

from .models import PostPage

# A shorter beginning fits too much to mean one post.
SHORTEST_BEGINNING = 10


@require_safe
def former_address(request: HttpRequest, year: str, month: str, day: str, slug: str) -> HttpResponsePermanentRedirect:
    """`/features/2019/4/5/slug` or `/blog/…`, with or without a slash at the end: to the post, query string kept, else 404."""
    post = _of_slug(slug.lower()) or _of_day(int(year), int(month), int(day))
    if post is None or not post.url:
        raise Http404
    return HttpResponsePermanentRedirect(with_query(post.url, request))


def _of_slug(slug: str) -> PostPage | None:
    """The post of that slug; where either of the two was cut short, the only one that begins alike."""
    slugs = dict(PostPage.objects.published().values_list("slug", "pk"))
    alike = [own for own in slugs if own.startswith(slug) or slug.startswith(own)] if len(slug) >= SHORTEST_BEGINNING else []
    found = slug if slug in slugs else alike[0] if len(alike) == 1 and len(alike[0]) >= SHORTEST_BEGINNING else None
    return PostPage.objects.get(pk=slugs[found]) if found else None


def _of_day(year: int, month: int, day: int) -> PostPage | None:
    """The only post of that day, if the day exists and there is just one."""
    try:
        posts = list(PostPage.objects.published().filter(date=date(year, month, day), date_inferred=False)[:2])
    except ValueError:
        return None
    return posts[0] if len(posts) == 1 else None
