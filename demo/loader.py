"""Loading the starting content: all files are read and checked, then loaded in one transaction.

Loading again adds what is missing and changes nothing that exists. Rows are recognised by slug, pages by their position in the tree. So
what an editor changed stays, and what an editor deleted is added again.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.timezone import make_aware, now
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from demo import declarations
from demo.blocks import Converter
from demo.content import LISTS, SETTINGS, SLUGS, Content, parent_address, read
from demo.fields import Entry
from demo.files import ContentError, Problems, as_date
from demo.pictures import Media
from endorsements.models import DeclarationPage
from members.models import Membership, Organisation, Seat
from members.states import Category, Role
from news.models import Author, PostAuthor, RelatedPost

__all__ = ["CONTENT", "ContentError", "Loaded", "Occupied", "load_demo", "read_checked"]

CONTENT = Path(__file__).resolve().parent / "content"


class Occupied(Exception):
    """The site has other content where the starting content belongs. The text says what and where."""


class Loaded(NamedTuple):
    """The numbers of rows that were made, and that existed already, by verbose name."""

    made: dict[str, int]
    kept: dict[str, int]


def read_checked(folder: Path = CONTENT) -> Content:
    """The checked content of a folder, without access to the database. Raises ContentError with all problems."""
    problems = Problems()
    content = read(folder, problems)
    converter = Converter(content, problems)
    for entry in content.entries():
        converter.linked_fields(entry)
        with problems.collect():
            if entry.head.get("endorsements"):
                declarations.read(folder, entry.head["endorsements"])
    for _old, new in content.redirects:
        with problems.collect():
            converter.page(new)
    problems.raise_any()
    return content


def load_demo(*, folder: Path = CONTENT, progress: Callable[[str], object] = lambda line: None) -> Loaded:
    """Load the starting content; `progress` is called with a line for each step.

    Raises ContentError for errors in files, and Occupied if the site has other content where the starting content belongs. After any
    exception, the database and the stored files are unchanged.
    """
    progress("Reading the files")
    loader = Loader(read_checked(folder), progress)
    with transaction.atomic():
        try:
            loader.load()
        except BaseException:
            Site.clear_site_root_paths_cache()
            loader.media.remove_files()
            raise
    return Loaded(dict(loader.made), dict(loader.kept))


class Loader:
    """Makes what is missing. `made` and `kept` count rows by verbose name."""

    def __init__(self, content: Content, progress: Callable[[str], object]) -> None:
        self.content, self.progress = content, progress
        self.problems, self.media = Problems(), Media(content.folder)
        self.rows: dict[str, dict[str, Any]] = {}  # by list and slug
        self.pages: dict[str, Page] = {}  # by address
        self.fresh: dict[str, Entry] = {}  # pages that were added, by address
        self.converter = Converter(content, self.problems, self.pages, self.media)
        self.made: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()

    def load(self) -> None:
        """Load everything, inside a transaction. Raises Occupied, or ContentError if a model refuses something that passed the check."""
        self.progress("Organisations, topics, series")
        for name, model in LISTS.items():
            if name == "authors":
                self.progress("Authors")
            if name != "pictures":  # stored when a page uses them
                self._load_list(name, model)
        self.progress("The page tree")
        site = self._find_or_add_home()
        for address, entry in sorted(self.content.pages.items(), key=_by_menu_order):
            if address != "page:/":
                self._find_or_add(address, entry)
        # The oldest first, so that of two posts of one day the one listed first is the newer.
        posts = dict(reversed(self.content.posts.items()))
        same_day: Counter[date] = Counter()
        for address, entry in posts.items():
            day = entry.fields["date"]
            noon = make_aware(datetime.combine(day, time(12))) + timedelta(minutes=same_day[day])
            same_day[day] += 1
            self._find_or_add(address, entry, first_published_at=min(noon, now()))
        # Before publishing, because share cards show the name.
        self.progress("Menus, banner, redirects")
        self._load_settings(site)
        for address in (*posts, *self.content.pages):
            if address in self.fresh:
                self._publish(address, self.fresh[address])
        if self.media.made:
            self.made["image or document"] = len(self.media.made)

    def _count(self, model: type[Model], *, fresh: bool) -> None:
        (self.made if fresh else self.kept)[str(model._meta.verbose_name)] += 1

    # Lists

    def _load_list(self, name: str, model: Any) -> None:
        rows = self.rows[name] = {}
        for key, entry in self.content.lists[name].items():
            # Two authors may share a name.
            by = [field for field in ("slug", "name") if field in entry.fields and (model, field) != (Author, "name")]
            rows[key] = next(filter(None, (model.objects.filter(**{field: entry.fields[field]}).first() for field in by)), None)
            self._count(model, fresh=rows[key] is None)
            if rows[key] is None:
                rows[key] = model(**entry.fields)
                self._relate(rows[key], entry)
                if model is Organisation:
                    _give_roles(rows[key], entry)
                rows[key].save()

    def _relate(self, row: Any, entry: Entry) -> None:
        """Set the fields of a row that refer to other rows."""
        for name, value in self.converter.linked_fields(entry).items():
            setattr(row, name, value)
        self.problems.raise_any()
        for key, group in SLUGS.items():
            slugs = entry.slugs(key)
            if key == "related":
                posts = [self.pages[f"post:{slug}"] for slug in slugs]
                found: Any = [RelatedPost(post_id=post.pk, sort_order=number) for number, post in enumerate(posts)]
            elif key == "authors":
                found = [PostAuthor(author=self.rows[group][slug], sort_order=number) for number, slug in enumerate(slugs)]
            else:
                found = [self.rows[group][slug] for slug in slugs]
            if slugs:
                setattr(row, key, found[0] if key in ("series", "organisation") else found)

    # Pages

    def _find_or_add_home(self) -> Site:
        """Make the home page the root of the site, in place of Wagtail's welcome page."""
        entry = self.content.pages["page:/"]
        site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
        welcome = site.root_page if site else None
        if site and isinstance(site.root_page.specific, entry.model):
            self.pages["page:/"] = site.root_page.specific
            self._count(entry.model, fresh=False)
            return site
        if welcome and (type(welcome.specific) is not Page or welcome.get_children().exists()):
            raise Occupied(f"The site's home page is “{welcome.title}”, not ours. Load the starting content into an empty database.")
        if entry.model._default_manager.exists():
            raise Occupied("There is a home page, but the default site does not begin there. Set that right in the admin: Settings, Sites.")
        if welcome:
            Page.objects.filter(pk=welcome.pk).update(slug="welcome-page-to-be-replaced")
        home = self._add("page:/", entry, Page.get_first_root_node(), slug="home")
        address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
        site = site or Site(is_default_site=True)
        site.hostname = address.hostname or "localhost"
        site.port = address.port or (443 if address.scheme == "https" else 80)
        site.root_page, site.site_name = home, self.content.settings["identity"].fields.get("name", "")
        site.save()
        if welcome:
            Page.objects.get(pk=welcome.pk).delete()
        return site

    def _find_or_add(self, address: str, entry: Entry, **fields: Any) -> None:
        parent, slug = self.pages[parent_address(address)], address.rstrip("/").replace(":", "/").rpartition("/")[2]
        found = Page.objects.child_of(parent).filter(slug=slug).first()
        if found is None:
            self._add(address, entry, parent, slug=slug, **fields)
            return
        page = found.specific
        if not isinstance(page, entry.model):
            kinds = f"a {page._meta.verbose_name} where a {entry.model._meta.verbose_name} belongs"
            raise Occupied(f"“{page.title}” at {page.url} is {kinds}. Move it or give it another address.")
        self.pages[address] = page
        self._count(entry.model, fresh=False)

    def _add(self, address: str, entry: Entry, parent: Page, **fields: Any) -> Page:
        page: Any = entry.model(live=False, **fields, **entry.fields)
        try:
            Page.objects.get(pk=parent.pk).add_child(instance=page)
        except ValidationError as error:
            raise _refused(entry, error) from error
        self.pages[address], self.fresh[address] = page, entry
        self._count(entry.model, fresh=True)
        return page  # type: ignore[no-any-return]

    def _publish(self, address: str, entry: Entry) -> None:
        self.progress(f"Publishing “{entry.fields['title']}”")
        page: Any = entry.model._default_manager.get(pk=self.pages[address].pk)
        self._relate(page, entry)
        try:
            page.save_revision().publish()
        except ValidationError as error:
            raise _refused(entry, error) from error
        if isinstance(page, DeclarationPage) and entry.head.get("endorsements"):
            declarations.load_endorsements(self.content.folder, page, entry.head["endorsements"])
        if page.first_published_at:
            # These posts were published long ago; search engines and feeds should not show today as their last change.
            type(page).objects.filter(pk=page.pk).update(last_published_at=page.first_published_at)

    # Settings

    def _load_settings(self, site: Site) -> None:
        for name in SETTINGS:
            if name in self.content.settings:
                self._load_setting(site, self.content.settings[name])
        for old, new in self.content.redirects:
            path, page = Redirect.normalise_path(old), self.pages[new]
            _, fresh = Redirect.objects.get_or_create(old_path=path, site=None, defaults={"redirect_page": page})
            self._count(Redirect, fresh=fresh)

    def _load_setting(self, site: Site, entry: Entry) -> None:
        """Load a setting. Wagtail makes rows with default values, so such a row counts as missing."""
        model: Any = entry.model
        row = model.objects.filter(site=site).first() or model(site=site)
        blank = model(site=site)
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        fresh = all(field.value_to_string(row) == field.value_to_string(blank) for field in fields)
        if fresh:
            for name, value in entry.fields.items():
                setattr(row, name, value)
            self._relate(row, entry)
            row.save()
        self._count(model, fresh=fresh)


def _give_roles(organisation: Organisation, entry: Entry) -> None:
    roles = set(entry.head["roles"])
    since = as_date(entry.head["since"]) if entry.head.get("since") else None
    if roles - {Role.STEERING}:
        category = Category.OBSERVER if Role.OBSERVER in roles else Category.MEMBER
        organisation.memberships = [Membership(category=category, founding=Role.FOUNDING in roles, since=since)]
    if Role.STEERING in roles:
        organisation.seats = [Seat()]


def _refused(entry: Entry, error: ValidationError) -> ContentError:
    return ContentError(f"{entry.head.location}: {' '.join(error.messages)}")


def _by_menu_order(item: tuple[str, Entry]) -> tuple[int, int, str]:
    """Parents first, then as `menu_order` says."""
    address, entry = item
    return address.count("/"), int(entry.head.get("menu_order") or 0), address
