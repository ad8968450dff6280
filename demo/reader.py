"""The files of a content folder → entries with checked fields, still without the database.

posts/NN-slug.md, pages/<path>.md, themes.yaml, known_sizes.yaml, organisations.yaml, authors.yaml,
topics.yaml, series.yaml, site.yaml, files/, signatories/.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.models import Page

from cms.models import Announcement, SiteIdentity
from endorsements.models import DeclarationPage
from members.models import KnownSize, Organisation, Theme
from news.models import Author, NewsIndexPage, PostPage, Series, SpotlightPage, Topic
from news.states import Kind
from pages.models import ContentPage, HomePage, WorkingGroupPage

from .source import (
    Article,
    Lined,
    LinedList,
    Place,
    Problems,
    as_date,
    as_moment,
    as_number,
    as_whole_number,
    nearest,
    read_article,
    read_text,
    read_yaml,
)

TEMPLATES: dict[str, type[models.Model]] = {
    "home": HomePage,
    "content": ContentPage,
    "working_group": WorkingGroupPage,
    "news": NewsIndexPage,
}
_POST_FILE = re.compile(r"\d\d-([a-z0-9]+(?:-[a-z0-9]+)*)")
_PAGE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PAGE_FIELDS = ("title", "standfirst", "seo_title", "search_description", "noindex")
_FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    Theme: ("name", "slug"),
    KnownSize: ("name", "year", "members"),
    Organisation: ("name", "acronym", "slug", "country", "kind", "founded", "website", "summary"),
    Author: ("name", "slug", "kind", "role", "organisation_name"),
    Topic: ("name", "slug", "description"),
    Series: ("name", "slug", "description"),
    SiteIdentity: ("name", "short_name", "vision", "about_line", "contact_email", "postal_address"),
    Announcement: ("text", "link_label", "link_url", "level", "starts_at", "ends_at"),
    HomePage: (*_PAGE_FIELDS, "vision"),
    ContentPage: _PAGE_FIELDS,
    WorkingGroupPage: (*_PAGE_FIELDS, "kind", "theme", "contact_name", "contact_email"),
    NewsIndexPage: _PAGE_FIELDS,
    PostPage: (*_PAGE_FIELDS, "subtitle", "kind", "date", "date_inferred", "byline", "part", "signatory_count"),
}
_FIELDS[SpotlightPage] = _FIELDS[DeclarationPage] = _FIELDS[PostPage]
# Keys that are not a field of the same name, but are understood when the entry is built.
_OTHERS: dict[type[models.Model], tuple[str, ...]] = {
    Organisation: ("roles", "since", "themes"),
    Author: ("organisation", "portrait", "bio"),
    SiteIdentity: ("social_links",),
    Announcement: ("link_page",),
    HomePage: ("template", "menu_order", "actions", "picture"),
    ContentPage: ("template", "menu_order", "lead_image"),
    WorkingGroupPage: ("template", "menu_order"),
    NewsIndexPage: ("template", "menu_order"),
    PostPage: ("authors", "topics", "series", "lead_image", "related", "notes", "addressed_to", "signatories", "event"),
}
_OTHERS[SpotlightPage] = (*_OTHERS[PostPage], "person")
_OTHERS[DeclarationPage] = (*_OTHERS[PostPage], "sign_on")
_MODELS: dict[Any, type[models.Model]] = {Kind.SPOTLIGHT: SpotlightPage, Kind.DECLARATION: DeclarationPage}


@dataclass(eq=False)
class Entry:
    """One thing to be made: its model, its plain fields, and what the file says besides."""

    model: type[models.Model]
    head: Lined
    fields: dict[str, Any]
    article: Article | None = None

    @property
    def place(self) -> Place:
        return self.head.place


@dataclass
class Content:
    """Everything a folder holds. Pages by path (`/goals/`), parents first; posts by slug, newest first; the rest by slug, or by name."""

    folder: Path
    themes: dict[str, Entry] = field(default_factory=dict)
    known_sizes: dict[str, Entry] = field(default_factory=dict)
    organisations: dict[str, Entry] = field(default_factory=dict)
    authors: dict[str, Entry] = field(default_factory=dict)
    topics: dict[str, Entry] = field(default_factory=dict)
    series: dict[str, Entry] = field(default_factory=dict)
    pages: dict[str, Entry] = field(default_factory=dict)
    posts: dict[str, Entry] = field(default_factory=dict)
    identity: Entry | None = None
    announcement: Entry | None = None
    navigation: Lined | None = None
    redirects: LinedList | None = None
    unreadable: set[str] = field(default_factory=set)  # addresses whose file has problems enough of its own


def read(folder: Path, problems: Problems) -> Content:
    """Reads the whole folder; what is wrong with it goes to `problems`."""
    content = Content(folder)
    lists: dict[str, type[models.Model]] = {
        "themes": Theme,
        "known_sizes": KnownSize,
        "organisations": Organisation,
        "authors": Author,
        "topics": Topic,
        "series": Series,
    }
    for name, model in lists.items():
        _read_list(model, folder / f"{name}.yaml", getattr(content, name), problems)
    _read_site(content, problems)
    for file in sorted((folder / "pages").rglob("*.md"), key=lambda file: (len(file.parts), file.stem != "home", file)):
        _read_page(file, content, problems)
    for file in sorted((folder / "posts").glob("*.md")):
        _read_post(file, content, problems)
    for path, template in (("/", "home"), ("/news/", "news")):
        if path not in content.pages and f"page:{path}" not in content.unreadable:
            problems.add(Place(folder / "pages" / f"{template}.md"), "This page is needed. Add the file.")
    return content


def entry(model: type[models.Model], head: Lined, problems: Problems, *, also: Iterable[str] = ()) -> Entry:
    """An entry with its fields read and checked as the model defines them."""
    names = _FIELDS[model]
    known = {*names, *_OTHERS.get(model, ()), *also}
    for key in head:
        if key not in known:
            problems.add(head.at(key), f"There is no “{key}” here. {nearest(key, known)}")
    fields = {}
    for name in names:
        if head.get(name) is not None:
            try:
                fields[name] = _as_field(model._meta.get_field(name), head[name])
            except ValueError as error:
                problems.add(head.at(name), f"“{name}”: {error}")
    made = Entry(model, head, fields)
    check_fields(made, problems)
    return made


def check_fields(made: Entry, problems: Problems) -> None:
    """Asks the model whether the fields would do: lengths, choices, addresses, nothing missing."""
    ours = {*_FIELDS[made.model], *made.fields}
    unread = {name for name in made.head if name in ours and name not in made.fields and made.head[name] is not None}
    others = {found.name for found in made.model._meta.get_fields()} - ours
    for name, value in made.fields.items():
        limit = getattr(made.model._meta.get_field(name), "max_length", None)
        if isinstance(value, str) and limit and len(value) > limit:
            problems.add(_place_of(made, name), f"“{name}” has {len(value)} characters; there is room for {limit}. Shorten it.")
            unread.add(name)
    # A new page looks up its content type unless it has one: the check must not need a database.
    aside = {"content_type_id": 1} if issubclass(made.model, Page) else {}
    try:
        made.model(**aside, **made.fields).clean_fields(exclude=others | unread)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            for message in messages:
                problems.add(_place_of(made, name), f"“{name}”: {message}")


def _place_of(made: Entry, name: str) -> Place:
    """Where a field is written: under its own name, or as a part of `event`, `person` or `picture`."""
    for part, inner in made.head.items():
        if name not in made.head and isinstance(inner, Lined) and name.startswith(f"{part}_"):
            return inner.at(name.removeprefix(f"{part}_"))
    return made.head.at(name)


def _as_field(target: Any, raw: Any) -> Any:
    if isinstance(target, models.BooleanField):
        if not isinstance(raw, bool):
            raise ValueError("Write true or false.")
        return raw
    if isinstance(raw, bool | Lined | LinedList):
        raise ValueError("A text is expected here. Put it in quotation marks.")
    readers: tuple[tuple[type, Callable[[Any], Any]], ...] = (
        (models.DateTimeField, as_moment),
        (models.DateField, as_date),
        (models.IntegerField, as_whole_number),
        (models.DecimalField, as_number),
    )
    return next((read(raw) for kind, read in readers if isinstance(target, kind)), raw.strip())


def _read_list(model: type[models.Model], file: Path, into: dict[str, Entry], problems: Problems) -> None:
    text = read_text(file, problems)
    if text is None:
        return
    before = len(problems)
    items = read_yaml(text, Place(file), problems)
    if not isinstance(items, LinedList):
        if len(problems) == before:
            problems.add(Place(file), "The file must hold a list: each entry begins with a hyphen.")
        return
    for item, place in items.placed():
        if not isinstance(item, Lined):
            problems.add(place, "Entries such as “slug: …” are expected here.")
            continue
        made = entry(model, item, problems)
        key = "slug" if "slug" in _FIELDS[model] else "name"
        value = made.fields.get(key, "")
        if value in into:
            problems.add(item.at(key), f"“{value}” stands twice in this file. Choose another {key}.")
        into[value] = made


def _read_site(content: Content, problems: Problems) -> None:
    file = content.folder / "site.yaml"
    text = read_text(file, problems)
    before = len(problems)
    site = read_yaml(text, Place(file), problems) if text is not None else None
    if not isinstance(site, Lined):
        if len(problems) == before and text is not None:
            problems.add(Place(file), "The file must hold identity, navigation and announcement.")
        return
    shapes = {"identity": Lined, "navigation": Lined, "announcement": Lined, "redirects": LinedList}
    for key in {**shapes, **site}:
        if key not in shapes:
            problems.add(site.at(key), f"There is no “{key}” here. Known: {', '.join(shapes)}.")
        elif not isinstance(site.get(key), shapes[key]):
            problems.add(site.at(key), f"“{key}” must hold {'a list' if shapes[key] is LinedList else 'entries'}. Add it.")
        elif key == "identity":
            content.identity = entry(SiteIdentity, site[key], problems)
        elif key == "announcement":
            content.announcement = entry(Announcement, site[key], problems)
        else:
            setattr(content, key, site[key])


def _read_page(file: Path, content: Content, problems: Problems) -> None:
    article = read_article(file, problems)
    parts = file.relative_to(content.folder / "pages").with_suffix("").parts
    if not all(_PAGE_NAME.fullmatch(part) for part in parts):
        problems.add(Place(file), "The name of this file becomes an address: use small letters, digits and hyphens.")
    path = "/" if parts == ("home",) else f"/{'/'.join(parts)}/"
    if article is None:
        content.unreadable.add(f"page:{path}")
        return
    template = article.head.get("template")
    model = TEMPLATES.get(template) if isinstance(template, str) else None
    if model is None:
        problems.add(article.head.at("template"), f"“template” must be one of {', '.join(TEMPLATES)}.")
        content.unreadable.add(f"page:{path}")
        return
    _need_standfirst(article, problems)
    made = entry(model, article.head, problems)
    made.article = article
    if model is HomePage:
        _read_part(made, "picture", {"value": "picture_value", "caption": "picture_caption"}, problems)
        check_fields(made, problems)
    if article.head.get("menu_order") is not None:
        try:
            as_whole_number(article.head["menu_order"])
        except ValueError as error:
            problems.add(article.head.at("menu_order"), str(error))
    if (model is HomePage) is not (path == "/") or (model is NewsIndexPage) is not (path == "/news/"):
        problems.add(article.head.at("template"), "Only pages/home.md is a home page, and only pages/news.md the news listing.")
    elif path != "/":
        _check_parent(path, model, made, content, problems)
    content.pages[path] = made


def _check_parent(path: str, model: Any, made: Entry, content: Content, problems: Problems) -> None:
    above = path.rstrip("/").rpartition("/")[0] + "/"
    parent = content.pages.get(above)
    if f"page:{above}" in content.unreadable:
        return
    if parent is None:
        problems.add(made.place, f"There is no readable page {above} for this one to stand under. Add it.")
    elif parent.model not in model.allowed_parent_page_models():
        problems.add(made.place, f"A {model._meta.verbose_name} cannot stand under {above}. Move the file.")


def _need_standfirst(article: Article, problems: Problems) -> None:
    if not article.head.get("standfirst"):
        problems.add(article.head.at("standfirst"), "“standfirst” is missing. Say in one or two plain sentences what the page is about.")


def _read_post(file: Path, content: Content, problems: Problems) -> None:
    article = read_article(file, problems)
    name = _POST_FILE.fullmatch(file.stem)
    if name is None:
        problems.add(Place(file), "A post's file is called NN-slug.md: two digits for its place in the list, then its address.")
    if article is None or name is None:
        content.unreadable.add(f"post:{name[1] if name else file.stem}")
        return
    slug, head = name[1], article.head
    if slug in content.posts:
        problems.add(Place(file), f"There is another post with the address “{slug}”. Rename one.")
    _need_standfirst(article, problems)
    for key in ("kind", "date"):
        if not head.get(key):
            problems.add(head.at(key), f"“{key}” is missing. Add it.")
    model = _MODELS.get(head.get("kind"), PostPage)
    made = entry(model, head, problems)
    made.article = article
    for key in ("addressed_to", "signatories"):
        made.fields[key] = _lines(head, key, problems)
    _read_part(made, "event", {"name": "event_name", "place": "event_place", "start": "event_start", "end": "event_end"}, problems)
    if model is SpotlightPage:
        made.fields["person_name"] = ""  # so that its lack is noticed
        _read_part(made, "person", {"name": "person_name", "role": "person_role", "country": "country", "organisation": ""}, problems)
    if model is DeclarationPage:
        later = dict.fromkeys(("opened", "closed", "signatories", "delivery"), "")
        _read_part(made, "sign_on", {"who": "who", "goal": "goal", "ask": "ask", **later}, problems)
    check_fields(made, problems)
    content.posts[slug] = made


def _lines(head: Lined, key: str, problems: Problems) -> str:
    raw = head.get(key)
    if raw is None:
        return ""
    if not isinstance(raw, LinedList) or not all(isinstance(line, str) for line in raw):
        problems.add(head.at(key), f"“{key}” must be a list of names, each on a line that begins with a hyphen.")
        return ""
    return "\n".join(" ".join(line.split()) for line in raw)


def _read_part(made: Entry, key: str, names: dict[str, str], problems: Problems) -> None:
    """A mapping within the head whose entries are fields of the post; one without a field is left to the builder."""
    part = made.head.get(key)
    if part is None:
        return
    if not isinstance(part, Lined):
        problems.add(made.head.at(key), f"“{key}” must hold entries: {', '.join(names)}.")
        return
    for word, raw in part.items():
        if word not in names:
            problems.add(part.at(word), f"There is no “{word}” here. Known: {', '.join(names)}.")
        elif names[word] and raw is not None:
            try:
                made.fields[names[word]] = _as_field(made.model._meta.get_field(names[word]), raw)
            except ValueError as error:
                problems.add(part.at(word), f"“{word}”: {error}")
