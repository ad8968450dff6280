"""The news listing with its filters, years and authors, and redirects from the URLs of the coalition's former site."""

from datetime import date

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from wagtail.models import Page

from cms.faceted_list import UnknownFilterError
from core.web.page_cache import PAGE_PARAMETERS, public_page
from core.web.redirects import with_query

from .listing import Listing
from .models import Author, NewsIndexPage, PostPage

# A shorter beginning of a slug is ambiguous.
MIN_SLUG_LENGTH = 10


@public_page(parameters=PAGE_PARAMETERS)
def all_posts(request: HttpRequest, index: NewsIndexPage) -> HttpResponse:
    return _listing(request, index, {})


@public_page(parameters=PAGE_PARAMETERS)
def year(request: HttpRequest, index: NewsIndexPage, year: str) -> HttpResponse:
    return _listing(request, index, {"year": year})


@public_page(parameters=PAGE_PARAMETERS)
def author(request: HttpRequest, index: NewsIndexPage, slug: str) -> HttpResponse:
    author = get_object_or_404(Author.objects.select_related("organisation", "portrait"), slug=slug)
    try:
        listing = Listing(index.url or "/", request.GET, {"author": slug})
    except UnknownFilterError as problem:
        raise Http404(str(problem)) from problem
    context = {"author": author, "listing": listing, "breadcrumbs": [*index.breadcrumbs, index]}
    return index.render(request, template="news/author.html", context_overrides=context)


def _listing(request: HttpRequest, index: NewsIndexPage, fixed: dict[str, str]) -> HttpResponse:
    """The listing, or for an unknown filter or page a 404 with the reason and a link back."""
    try:
        listing = Listing(index.url or "/", request.GET, fixed)
    except UnknownFilterError as problem:
        context = {"problem": problem, "breadcrumbs": [*index.breadcrumbs, index]}
        response = index.render(request, template="news/unknown_filter.html", context_overrides=context)
        response.status_code = 404
        return response
    context = {"listing": listing, "breadcrumbs": [*index.breadcrumbs, index] if listing.filters else index.breadcrumbs}
    return index.render(request, template="news/news_index_page.html", context_overrides=context)


@require_safe
def former_address(request: HttpRequest, year: str, month: str, day: str, slug: str) -> HttpResponsePermanentRedirect:
    """Redirect `/features/2019/4/5/slug` or `/blog/…` to the post and keep the query string; 404 if there is none."""
    post = _post_by_slug(slug.lower()) or _post_by_day(int(year), int(month), int(day))
    if post is None or not post.url:
        raise Http404
    return HttpResponsePermanentRedirect(with_query(post.url, request.META.get("QUERY_STRING", "")))


def _post_by_slug(slug: str) -> PostPage | None:
    """The post with this slug. If one of the two slugs was cut short, the only post whose slug begins the same."""
    posts = PostPage.objects.published()
    post = posts.filter(slug=slug).first()
    if post or len(slug) < MIN_SLUG_LENGTH:
        return post
    beginnings = [slug[:length] for length in range(1, len(slug))]
    similar = Page.objects.filter(Q(slug__startswith=slug) | Q(slug__in=beginnings))
    found = list(posts.filter(pk__in=similar.values("pk"))[:2])
    return found[0] if len(found) == 1 and len(found[0].slug) >= MIN_SLUG_LENGTH else None


def _post_by_day(year: int, month: int, day: int) -> PostPage | None:
    """The post of that day, if there is exactly one."""
    try:
        posts = list(PostPage.objects.published().filter(date=date(year, month, day), date_inferred=False)[:2])
    except ValueError:
        return None
    return posts[0] if len(posts) == 1 else None
