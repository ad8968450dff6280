"""The `<head>` of posts, the news listing and author pages (see `cms.head`)."""

from typing import Any

from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from cms.head import FeedLink, Head, describes
from cms.structured_data import Node, organisation_id, without_empty
from core.absolute_urls import absolute

from .dates import changed_at, published_at
from .listing import Listing
from .models import Author, NewsIndexPage, PostPage

FEED_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}


@describes(PostPage)
def describe_post(head: Head, post: PostPage, context: Any) -> None:
    """Add Open Graph's article properties and schema.org's article. An approximate date is given as year and month, as on the page."""
    index = head.crumbs[-2][1] if len(head.crumbs) > 1 else ""
    authors = [_author_node(author, f"{index}authors/{author.slug}/" if index else "") for author in post.bylines]
    if post.byline:
        authors.append({"@type": "Organization", "name": post.byline})
    topics = [topic.name for topic in post.topics.all()]
    head.og_type = "article"
    changed = changed_at(post).isoformat(timespec="seconds")
    published_time = published_at(post)
    published = published_time.strftime("%Y-%m") if post.date_inferred else published_time.isoformat(timespec="seconds")
    head.properties = [
        *([] if post.date_inferred else [("article:published_time", published)]),
        ("article:modified_time", changed),
        *(("article:author", author["url"]) for author in authors if author.get("url")),
        ("article:section", str(post.get_kind_display())),
        *(("article:tag", topic) for topic in topics),
    ]
    head.node |= without_empty(
        {
            "headline": post.title,
            "alternativeHeadline": post.subtitle,
            "mainEntityOfPage": head.canonical,
            "datePublished": published,
            "dateModified": changed,
            "author": authors or [{"@id": organisation_id()}],
            "articleSection": str(post.get_kind_display()),
            "keywords": topics,
        }
    )


def _author_node(author: Author, url: str) -> Node:
    if author.kind == author.Kind.SECRETARIAT:
        return {"@type": "Organization", "name": author.name, "url": url, "parentOrganization": {"@id": organisation_id()}}
    if author.kind == author.Kind.ORGANISATION:
        return {"@type": "Organization", "name": author.name, "url": url}
    affiliation = {"@type": "Organization", "name": author.affiliation} if author.affiliation else None
    return without_empty({"@type": "Person", "name": author.name, "url": url, "jobTitle": author.role, "affiliation": affiliation})


@describes(NewsIndexPage, reads_context=True)
def describe_index(head: Head, index: NewsIndexPage, context: Any) -> None:
    """Describe the listing with its filters and page number, an author's page, or a list that does not exist."""
    listing: Listing | None = context.get("listing")
    author: Author | None = context.get("author")
    if context.get("problem") or listing is None:
        head.name, head.noindex, head.canonical = _("This part of the list does not exist"), True, ""
        return
    head.number = listing.number
    head.canonical = absolute(listing.href(page=listing.number))
    if author:
        _describe_author(head, author)
    elif listing.chosen:
        head.name = f"{index.title}: {', '.join(facet.chosen for facet in listing.chosen)}"
        head.crumbs.append((head.name, head.canonical))
        # Combined filters multiply; search engines need one way to each post.
        head.noindex = head.noindex or len(listing.chosen) > 1
    if not head.node.get("mainEntity"):
        head.node |= {"@id": f"{head.canonical}#page", "url": head.canonical, "name": head.name}
    facet, value = next(iter(listing.filters.items()), ("", ""))
    if len(listing.filters) == 1 and facet != "year":
        name = next((chosen.chosen for chosen in listing.chosen), value)
        head.feeds = [FeedLink(name, reverse("feed_of", args=(facet, value, form)), kind) for form, kind in FEED_TYPES.items()]


def _describe_author(head: Head, author: Author) -> None:
    head.name, head.og_type = author.name, "profile"
    bio = " ".join(strip_tags(author.bio).split())
    head.description = bio[:300] or ", ".join(part for part in (author.name, author.role, author.affiliation) if part)
    head.crumbs.append((author.name, head.canonical))
    person = _author_node(author, head.canonical) | without_empty({"description": bio})
    head.node = {"@type": "ProfilePage", "@id": f"{head.canonical}#page", "url": head.canonical, "name": author.name, "mainEntity": person}
