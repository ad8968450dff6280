"""Reading the files of a content folder as checked entries, without a database.

`posts/NN-slug.md`, `pages/<path>.md`, `site.yaml`, lists such as `topics.yaml`, and the files that they name in `pictures/`, `files/` and
`signatories/`. A key is the name of a field of the model, but for a few.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import Model

from cms.models import Announcement, Navigation, SiteIdentity, SiteImage
from demo.fields import KEYS, Entry, read_entry
from demo.files import (
    List,
    Location,
    Mapping,
    Problem,
    Problems,
    Text,
    as_date,
    expect,
    expect_keys,
    is_inside,
    parse_yaml,
    read_front_matter,
    read_text,
    suggest,
)
from endorsements.models import DeclarationPage
from members.models import KnownSize, Organisation, Theme
from members.states import Role
from news.models import Author, NewsIndexPage, PostPage, Series, SpotlightPage, Topic
from news.states import Kind
from pages.models import ContentPage, HomePage, WorkingGroupPage

# The files with lists, in the order in which they are loaded.
LISTS: dict[str, type[Model]] = {
    "themes": Theme,
    "known_sizes": KnownSize,
    "organisations": Organisation,
    "topics": Topic,
    "series": Series,
    "pictures": SiteImage,
    "authors": Author,
}
TEMPLATES: dict[str, type[Model]] = {"home": HomePage, "content": ContentPage, "working_group": WorkingGroupPage, "news": NewsIndexPage}
SETTINGS: dict[str, type[Model]] = {"identity": SiteIdentity, "announcement": Announcement, "navigation": Navigation}

# Keys that hold slugs: of posts, or of the entries of a list.
SLUGS = {
    "authors": "authors",
    "topics": "topics",
    "themes": "themes",
    "related": "posts",
    "series": "series",
    "organisation": "organisations",
}
_ONE_SLUG = ("series", "organisation")
_NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_SHORTEST_DESCRIPTION = 10


@dataclass
class Content:
    """The content of a folder: lists by slug, name or file; pages (parents first) and posts (newest first) by address."""

    folder: Path
    lists: dict[str, dict[str, Entry]] = field(default_factory=lambda: {name: {} for name in LISTS})
    pages: dict[str, Entry] = field(default_factory=dict)
    posts: dict[str, Entry] = field(default_factory=dict)
    settings: dict[str, Entry] = field(default_factory=dict)
    redirects: list[tuple[Text, Text]] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)  # of all pages and posts, including those whose file cannot be read

    def entries(self) -> list[Entry]:
        listed = [entry for entries in self.lists.values() for entry in entries.values()]
        return [*listed, *self.pages.values(), *self.posts.values(), *self.settings.values()]

    def entry_at(self, address: str) -> Entry | None:
        return self.pages.get(address) or self.posts.get(address)


def read(folder: Path, problems: Problems) -> Content:
    """Read the whole folder. Errors are added to `problems`."""
    content = Content(folder)
    for name in LISTS:
        with problems.collect():
            _read_list(name, content, problems)
    with problems.collect():
        _read_site(content, problems)
    for file in sorted((folder / "pages").rglob("*.md"), key=lambda file: (len(file.parts), file.stem != "home", file)):
        with problems.collect():
            _read_page(file, content, problems)
    for file in sorted((folder / "posts").glob("*.md")):
        with problems.collect():
            _read_post(file, content, problems)
    for name, address in (("home", "page:/"), ("news", "page:/news/")):
        if address not in content.addresses:
            problems.append(Problem(Location(folder / "pages" / f"{name}.md"), "This page is needed. Add the file."))
    for entry in content.entries():
        for key in SLUGS:
            with problems.collect():
                _check_slugs(entry, key, content)
    return content


def _read_list(name: str, content: Content, problems: Problems) -> None:
    file, model, entries = content.folder / f"{name}.yaml", LISTS[name], content.lists[name]
    key = next(key for key in ("slug", "file", "name") if key in KEYS[model].split())
    for item in expect(parse_yaml(read_text(file), Location(file)), List):
        with problems.collect():
            entry = read_entry(model, expect(item, Mapping), problems)
            value = entry.head.need(key, Text) if key != "file" else Path(entry.head.need(key, Text)).stem
            if value in entries:
                raise Problem(entry.head[key], f"“{value}” is in this file twice. Choose another {key}.")
            entries[value] = entry
            if model is Organisation:
                _check_roles(entry)
            elif model is SiteImage:
                _check_picture(entry, content.folder)


def _check_roles(entry: Entry) -> None:
    roles = entry.head.need("roles", List)
    for role in roles:
        if role not in Role.values:
            raise Problem(role, f"There is no role “{role}”. Known: {', '.join(Role.values)}.")
    if {Role.MEMBER, Role.OBSERVER} <= set(roles):
        raise Problem(roles, "An organisation is a member or an observer, not both.")
    if entry.head.get("since"):
        as_date(entry.head["since"])


def _check_picture(entry: Entry, folder: Path) -> None:
    file = entry.head.need("file", Text)
    if not is_inside(folder / "pictures", file):
        raise Problem(file, f"There is no file “{file}” in pictures/. Put it there.")
    if len(entry.fields.get("description", "")) < _SHORTEST_DESCRIPTION:
        raise Problem(file, "Describe the picture for somebody who cannot see it: “description” has at least ten characters.")


def _read_site(content: Content, problems: Problems) -> None:
    file = content.folder / "site.yaml"
    site = expect_keys(parse_yaml(read_text(file), Location(file)), (*SETTINGS, "redirects"))
    for name, model in SETTINGS.items():
        with problems.collect():
            content.settings[name] = read_entry(model, site.need(name, Mapping), problems)
    for item in site.need("redirects", List):
        with problems.collect():
            old, new = (expect_keys(item, ("from", "to")).need(key, Text) for key in ("from", "to"))
            if not old.startswith("/"):
                raise Problem(old, "An old path begins with a slash.")
            content.redirects.append((old, new))


def _read_page(file: Path, content: Content, problems: Problems) -> None:
    parts = file.relative_to(content.folder / "pages").with_suffix("").parts
    path = "/" if parts == ("home",) else f"/{'/'.join(parts)}/"
    content.addresses.add(f"page:{path}")
    if not all(re.fullmatch(_NAME, part) for part in parts):
        raise Problem(Location(file), "The name of this file becomes an address: use small letters, digits and hyphens.")
    head, text, location = read_front_matter(file)
    template = head.need("template", Text)
    model = TEMPLATES.get(template)
    if model is None:
        raise Problem(template, f"“template” must be one of {', '.join(TEMPLATES)}.")
    if (model is HomePage) is not (path == "/") or (model is NewsIndexPage) is not (path == "/news/"):
        raise Problem(template, "Only pages/home.md is a home page, and only pages/news.md the news listing.")
    entry = content.pages[f"page:{path}"] = read_entry(model, head, problems)
    entry.text, entry.text_location = text, location
    if head.get("menu_order") and not expect(head["menu_order"], Text).isdecimal():
        raise Problem(head["menu_order"], f"“menu_order”: “{head['menu_order']}” is not a whole number.")
    above = parent_address(f"page:{path}")
    parent = content.pages.get(above)
    if path != "/" and above not in content.addresses:
        raise Problem(head, f"There is no page {above} above this one. Add it.")
    if parent and path != "/" and parent.model not in model.allowed_parent_page_models():
        raise Problem(head, f"A {model._meta.verbose_name} cannot be below {above}. Move the file.")


def parent_address(address: str) -> str:
    """The address of the page above."""
    return "page:/news/" if address.startswith("post:") else f"{address.rstrip('/').rpartition('/')[0]}/"


def _read_post(file: Path, content: Content, problems: Problems) -> None:
    name = re.fullmatch(rf"\d\d-({_NAME})", file.stem)
    if name is None:
        raise Problem(Location(file), "A post's file is called NN-slug.md: two digits for its place in the list, then its address.")
    address = f"post:{name[1]}"
    if address in content.addresses:
        raise Problem(Location(file), f"There is another post with the address “{name[1]}”. Rename one.")
    content.addresses.add(address)
    head, text, location = read_front_matter(file)
    kinds: dict[str, type[Model]] = {Kind.SPOTLIGHT: SpotlightPage, Kind.DECLARATION: DeclarationPage}
    kind = head.get("kind")
    entry = content.posts[address] = read_entry(kinds.get(kind, PostPage) if isinstance(kind, Text) else PostPage, head, problems)
    entry.text, entry.text_location = text, location
    start, end = entry.fields.get("event_start"), entry.fields.get("event_end")
    if start and end and end < start:
        raise Problem(head["event_end"], "The event ends before it starts. Correct the dates.")
    if head.get("part") and not head.get("series"):
        raise Problem(head["part"], "A part belongs to a series. Name it, or remove the part.")


def _check_slugs(entry: Entry, key: str, content: Content) -> None:
    raw, group = entry.head.get(key), SLUGS[key]
    if not raw or key not in KEYS[entry.model].split():
        return
    _ = expect(raw, Text) if key in _ONE_SLUG else expect(raw, List)
    known = {address.removeprefix("post:") for address in content.addresses} if group == "posts" else content.lists[group]
    slugs = [expect(slug, Text) for slug in entry.slugs(key)]
    for number, slug in enumerate(slugs):
        if slug not in known or content.posts.get(f"post:{slug}") is entry:
            raise Problem(slug, f"“{key}”: there is no “{slug}” to name here. {suggest(slug, known)}")
        if slug in slugs[:number]:
            raise Problem(slug, f"“{key}”: “{slug}” is here twice. Keep one.")
