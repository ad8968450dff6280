"""Posts of twenty years with authors, topics and series; their texts are made of the sentences of the starting content."""

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import cache, partial
from html import escape, unescape
from random import Random
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.html import strip_tags
from django.utils.text import slugify
from django.utils.timezone import make_aware, now
from modelsearch.backends import get_search_backend
from wagtail.models import Page, PageLogEntry

from benchmarks.content import words
from core.search_words import stems
from members.models import Organisation
from news.models import Author, NewsIndexPage, PostAuthor, PostPage, Series, Topic
from news.states import KINDS_WITH_OWN_MODEL, Kind

YEARS = 20
AT_ONCE = 1000
KINDS = [kind for kind in Kind.values if kind not in KINDS_WITH_OWN_MODEL]
stems_of = cache(lambda text: " ".join(stems(text)))


def add_posts(total: int) -> None:
    """Posts until there are so many."""
    random, index = Random(1), NewsIndexPage.objects.get()
    like = list(PostPage.objects.live().filter(kind__in=KINDS))
    authors, topics, series = _authors(total // 50), _topics(total // 500), _series(total // 200)
    sentences = sorted({sentence for post in PostPage.objects.live() for sentence in _sentences(post)})
    posts = []
    for number in range(total - PostPage.objects.count()):
        example, day = random.choice(like), now().date() - timedelta(days=random.randrange(YEARS * 365))
        text = _text(random, sentences)
        post = PostPage(
            title=words.title(number),
            slug=f"{slugify(words.title(number)) or 'post'}-{number}",
            kind=random.choice(KINDS),
            date=day,
            date_inferred=random.random() < 0.05,
            standfirst=" ".join(random.sample(sentences, 2))[:280],
            body=json.dumps([{"type": "text", "value": html, "id": str(uuid.UUID(int=random.getrandbits(128)))} for html in text]),
            lead_image_id=example.lead_image_id if random.random() < 0.6 else None,
            series=random.choice(series) if series and random.random() < 0.05 else None,
            first_published_at=make_aware(datetime.combine(day, time(9))),
        )
        post.words = " ".join(stems_of(part) for part in (post.title, post.standfirst, *text))
        posts.append(post)
    insert_pages(index, posts)
    PostAuthor.objects.bulk_create(
        [PostAuthor(post=post, author=author) for post in posts for author in random.sample(authors, random.choice((0, 1, 1, 1, 2)))]
    )
    through = PostPage.topics.through
    through.objects.bulk_create(
        [through(postpage_id=post.pk, topic=topic) for post in posts for topic in random.sample(topics, random.choice((0, 1, 2, 2, 3)))]
    )
    index_pages(PostPage, posts)
    log_pages(posts)


def insert_pages(parent: Page, pages: Sequence[Any]) -> None:
    """Published pages below `parent`, in bulk: Django leaves to us what a model inherits from another's table."""
    parent.refresh_from_db()
    kinds = {model: ContentType.objects.get_for_model(model) for model in {type(page) for page in pages}}
    for number, page in enumerate(pages):
        page.path = Page._get_path(parent.path, parent.depth + 1, parent.numchild + 1 + number)
        page.depth, page.url_path = parent.depth + 1, f"{parent.url_path}{page.slug}/"
        page.draft_title, page.locale_id, page.content_type = page.title, parent.locale_id, kinds[type(page)]
        page.live, page.last_published_at = True, page.first_published_at
        page.latest_revision_created_at = page.first_published_at
    fields = [field for field in Page._meta.concrete_fields if not field.primary_key and not field.generated]
    rows = [Page(**{field.attname: getattr(page, field.attname) for field in fields}) for page in pages]
    for page, row in zip(pages, Page.objects.bulk_create(rows), strict=True):
        page.pk = page.id = row.pk
    for model in {type(page): None for page in pages}:
        own = [page for page in pages if type(page) is model]
        for table in [base for base in reversed(model.__mro__) if _has_table(base) and base is not Page]:
            link = table._meta.pk
            for page in own:
                setattr(page, link.attname, page.id)
            stored = [field for field in table._meta.local_concrete_fields if not field.generated]
            for batch in _batches(own):
                table._base_manager.all()._insert(batch, fields=stored, using="default")
    Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild + len(pages))


def _has_table(base: Any) -> bool:
    return isinstance(base, type) and issubclass(base, Page) and not base._meta.abstract


def _batches(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), 200):
        yield rows[start : start + 200]


def index_pages(model: type[Model], pages: Sequence[Any]) -> None:
    """The search index, with the stems in `words` instead of those that a page would look for in its text again."""
    for page in pages:
        page.search_text = partial(str, page.words)
    backend = get_search_backend()
    for start in range(0, len(pages), AT_ONCE):
        backend.add_bulk(model, pages[start : start + AT_ONCE])


def log_pages(pages: Iterable[Page]) -> None:
    """Created and published, as the history of a page tells."""
    PageLogEntry.objects.bulk_create(
        [
            PageLogEntry(
                content_type_id=page.content_type_id, page=page, label=page.title, action=action, timestamp=page.first_published_at
            )
            for page in pages
            for action in ("wagtail.create", "wagtail.publish")
        ],
        batch_size=5000,
    )


def _sentences(post: PostPage) -> Iterator[str]:
    for text in post.body.stream_block.get_searchable_content(post.body):
        plain = re.sub(r"\s+", " ", unescape(strip_tags(re.sub("<[^>]+>", " ", str(text)))))
        yield from (sentence.strip() for sentence in re.split(r"(?<=[.!?])\s", plain) if 30 < len(sentence) < 300)


def _text(random: Random, sentences: Sequence[str]) -> list[str]:
    """Two to five passages of a heading and some paragraphs, as HTML: some 300 to 900 words."""
    return [
        "<h2>"
        + escape(" ".join(random.choice(sentences).split()[:6]))
        + "</h2>"
        + "".join(f"<p>{' '.join(map(escape, random.sample(sentences, random.randint(2, 4))))}</p>" for _ in range(random.randint(2, 4)))
        for _ in range(random.randint(2, 5))
    ]


def _authors(number: int) -> list[Author]:
    random, organisations = Random(2), list(Organisation.objects.order_by("pk")[:500])
    Author.objects.bulk_create(
        Author(
            name=words.person(random),
            slug=f"author-{place}",
            role=random.choice(words.WORK),
            organisation=random.choice(organisations) if organisations and place % 2 else None,
            bio="<p>Writes about health workers.</p>",
        )
        for place in range(number)
    )
    return list(Author.objects.order_by("pk"))


def _topics(number: int) -> list[Topic]:
    Topic.objects.bulk_create(Topic(name=name, slug=slugify(name)) for name in words.SUBJECTS[:number])
    return list(Topic.objects.order_by("pk"))


def _series(number: int) -> list[Series]:
    Series.objects.bulk_create(Series(name=f"Letters from {words.place(n)[0]} {n}", slug=f"letters-{n}") for n in range(number))
    return list(Series.objects.order_by("pk"))
