"""Posts for tests, made and published as an editor would."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.text import slugify
from wagtail.models import Page
from wagtail.signal_handlers import disable_reference_index_auto_update

from news.models import Author, NewsIndexPage, PostAuthor, PostPage, Topic


def newsroom() -> NewsIndexPage:
    return NewsIndexPage.objects.get()


def publish(page: Page) -> Any:
    """The page as it now stands in the database."""
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def make_post(
    title: str = "A post for a test",
    *,
    text: str = "",
    authors: Iterable[Author] = (),
    topics: Iterable[Topic] = (),
    live: bool = True,
    cls: type[PostPage] = PostPage,
    **fields: Any,
) -> Any:
    """A published post, or a draft. Without a date it is of 2 February 2022, which no post of the starting content is."""
    fields.setdefault("date", date(2022, 2, 2))
    fields.setdefault("slug", slugify(title)[:200] or "post")
    post = cls(title=title, live=False, body=[("text", f"<p>{text}</p>")] if text else [], **fields)
    # Publishing writes the index of references; so does each earlier save, for nothing.
    with disable_reference_index_auto_update():
        newsroom().add_child(instance=post)
    post.authors = [PostAuthor(author=author, sort_order=number) for number, author in enumerate(authors)]
    post.topics = list(topics)
    if not live:
        post.save_revision()
        return post
    return publish(post)
