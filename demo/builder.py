"""Checked content → rows and published pages.

Each thing is looked for first, by its slug or its place in the tree; what is there already is left alone, whatever an editor made of it.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils.timezone import make_aware, now
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from cms.models import Navigation
from endorsements.models import DeclarationPage
from members.models import KnownSize, Membership, Organisation, Seat, Theme
from members.states import Category, Role
from news.models import Author, PostAuthor, PostPage, RelatedPost, Series, SpotlightPage, Topic

from . import sign_ons
from .compose import compose, menus
from .media import Media
from .reader import Content, Entry
from .source import Lined, Problems, as_date, as_whole_number
from .stream import Streams
from .targets import Standing

Progress = Callable[[str], object]


class Occupied(Exception):
    """The site holds something else where the content wants to go. Its text says what and where."""


class Builder:
    """Makes what is missing. `made` and `kept` count, by model name, what it made and what it found."""

    def __init__(self, content: Content, progress: Progress) -> None:
        self.content, self.progress = content, progress
        self.problems = Problems()
        self.media = Media()
        self.places: dict[str, Page] = {}
        self.targets = Standing(content, self.problems, self.media, self.places)
        self.streams = Streams(self.targets, self.problems)
        self.made: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()
        self._fresh: set[str] = set()

    def build(self) -> None:
        """Raises Occupied, or ContentError when the models refuse what the files' check let pass. Belongs in a transaction."""
        self.progress("Organisations, topics, series")
        self._rows(Theme, self.content.themes)
        self._rows(KnownSize, self.content.known_sizes)
        self._rows(Organisation, self.content.organisations, self._complete_organisation)
        self._rows(Topic, self.content.topics)
        self._rows(Series, self.content.series)
        self.progress("Authors")
        self._rows(Author, self.content.authors, self._complete_author)
        self.progress("The page tree")
        site = self._plant()
        for path, made in sorted(self.content.pages.items(), key=_by_order):
            if path != "/":
                self._stand(f"page:{path}", made, self.places[f"page:{path.rstrip('/').rpartition('/')[0]}/"])
        # The oldest first, so that of two posts of one day the upper one in the list counts as the newer.
        for slug, made in reversed(self.content.posts.items()):
            self._stand(f"post:{slug}", made, self.places["page:/news/"])
        # Before publishing, which shows the menus and the name.
        self.progress("Menus, banner, redirects")
        self._settle(site)
        for address, made in self._entries():
            if address in self._fresh:
                self.progress(f"Publishing “{made.fields['title']}”")
                self._publish(address, made)
        self.problems.stop_if_any()
        if self.media.made:
            self.made["image or document"] += self.media.made

    def _entries(self) -> list[tuple[str, Entry]]:
        posts = [(f"post:{slug}", made) for slug, made in reversed(self.content.posts.items())]
        pages = [(f"page:{path}", made) for path, made in self.content.pages.items()]
        return posts + pages

    def _note(self, model: type[Model], *, fresh: bool) -> None:
        (self.made if fresh else self.kept)[str(model._meta.verbose_name)] += 1

    # Rows

    def _rows(self, model: type[Model], entries: dict[str, Entry], complete: Callable[[Any, Entry], None] | None = None) -> None:
        for made in entries.values():
            own = {name: value for name, value in made.fields.items() if name in (("slug",) if model is Author else ("slug", "name"))}
            known = Q(*own.items(), _connector=Q.OR)
            exists = model._default_manager.filter(known).exists()
            if not exists:
                row = model(**made.fields)
                if complete:
                    complete(row, made)
                row.save()
            self._note(model, fresh=not exists)

    def _complete_organisation(self, organisation: Organisation, made: Entry) -> None:
        organisation.themes = [self._row(Theme, slug, self.content.themes) for slug in made.head.get("themes") or ()]
        roles = set(made.head["roles"])
        since = as_date(made.head["since"]) if made.head.get("since") else None
        if roles - {Role.STEERING}:
            category = Category.OBSERVER if Role.OBSERVER in roles else Category.MEMBER
            organisation.memberships = [Membership(category=category, founding=Role.FOUNDING in roles, since=since)]
        if Role.STEERING in roles:
            organisation.seats = [Seat()]

    def _complete_author(self, author: Author, made: Entry) -> None:
        author.organisation = self._row(Organisation, made.head.get("organisation"), self.content.organisations)
        for name, value in compose(made, self.streams).items():
            setattr(author, name, value)

    @staticmethod
    def _row(model: Any, slug: str | None, entries: dict[str, Entry]) -> Any:
        if not slug:
            return None
        return model.objects.filter(slug=slug).first() or model.objects.get(name=entries[slug].fields["name"])

    # Pages

    def _plant(self) -> Site:
        """The home page as the root of the site, in place of Wagtail's welcome page."""
        made = self.content.pages["/"]
        site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
        welcome = site.root_page if site else None
        if welcome and isinstance(welcome.specific, made.model):
            self.places["page:/"] = welcome.specific
            self._note(made.model, fresh=False)
            return site
        if welcome and (type(welcome.specific) is not Page or welcome.get_children().exists()):
            raise Occupied(f"The site's home page is “{welcome.title}”, not ours. Load the starting content into an empty database.")
        if made.model.objects.exists():
            raise Occupied("There is a home page, but the default site does not begin there. Set that right in the admin: Settings, Sites.")
        if welcome:
            Page.objects.filter(pk=welcome.pk).update(slug="welcome-page-to-be-replaced")
        home = self._add("page:/", made, Page.get_first_root_node(), slug="home")
        address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
        site = site or Site(is_default_site=True)
        site.hostname = address.hostname or "localhost"
        site.port = address.port or (443 if address.scheme == "https" else 80)
        site.root_page, site.site_name = home, self.content.identity.fields.get("name", "") if self.content.identity else ""
        site.save()
        if welcome:
            Page.objects.get(pk=welcome.pk).delete()
        return site

    def _stand(self, address: str, made: Entry, parent: Page) -> None:
        """The page at that place, found or added."""
        slug = address.rstrip("/").rpartition("/" if address.startswith("page:") else ":")[2]
        found = Page.objects.child_of(parent).filter(slug=slug).first()
        if found is None:
            self._add(address, made, parent, slug=slug)
            return
        page = found.specific
        if not isinstance(page, made.model):
            kinds = f"a {page._meta.verbose_name} where a {made.model._meta.verbose_name} belongs"
            raise Occupied(f"At {page.url} stands “{page.title}”, {kinds}. Move it or give it another address.")
        self.places[address] = page
        self._note(made.model, fresh=False)

    def _add(self, address: str, made: Entry, parent: Page, *, slug: str) -> Page:
        page = made.model(slug=slug, live=False, **made.fields)
        if isinstance(page, PostPage):
            page.first_published_at = self._moment(page, made)
        try:
            Page.objects.get(pk=parent.pk).add_child(instance=page)
        except ValidationError as error:
            self._refused(made, error)
            self.problems.stop_if_any()
        self.places[address] = page
        self._fresh.add(address)
        self._note(made.model, fresh=True)
        return page

    def _moment(self, post: Any, made: Entry) -> datetime:
        """Noon of the post's day; among posts of one day a minute later for each that stands below it in the list."""
        posts = list(self.content.posts.values())
        below = posts[posts.index(made) + 1 :]
        minutes = sum(other.fields["date"] == post.date for other in below)
        return min(make_aware(datetime.combine(post.date, time(12))) + timedelta(minutes=minutes), now())

    def _publish(self, address: str, made: Entry) -> None:
        page = made.model._default_manager.get(pk=self.places[address].pk)
        for name, value in compose(made, self.streams).items():
            setattr(page, name, value)
        if isinstance(page, PostPage):
            self._relate(page, made)
        self.problems.stop_if_any()
        try:
            page.save_revision().publish()
        except ValidationError as error:
            self._refused(made, error)
            self.problems.stop_if_any()
        if isinstance(page, DeclarationPage) and isinstance(made.head.get("sign_on"), Lined):
            sign_ons.build(self.content.folder, page, made.head["sign_on"])
        if page.first_published_at:
            # The archive was published long ago; what search engines and feeds call its last change is not today.
            type(page).objects.filter(pk=page.pk).update(last_published_at=page.first_published_at)

    def _relate(self, post: Any, made: Entry) -> None:
        head = made.head
        authors = [self._row(Author, slug, self.content.authors) for slug in head.get("authors") or ()]
        post.authors = [PostAuthor(author=author, sort_order=number) for number, author in enumerate(authors)]
        post.topics = [self._row(Topic, slug, self.content.topics) for slug in head.get("topics") or ()]
        post.series = self._row(Series, head.get("series"), self.content.series)
        related = [self.places[f"post:{slug}"] for slug in head.get("related") or ()]
        post.related = [RelatedPost(post_id=other.pk, sort_order=number) for number, other in enumerate(related)]
        if isinstance(post, SpotlightPage) and isinstance(head.get("person"), Lined):
            post.organisation = self._row(Organisation, head["person"].get("organisation"), self.content.organisations)

    def _refused(self, made: Entry, error: ValidationError) -> None:
        for name, messages in getattr(error, "message_dict", {"": error.messages}).items():
            for message in messages:
                self.problems.add(made.head.at(name), f"“{name}”: {message}" if name else message)

    # Settings

    def _settle(self, site: Site) -> None:
        for made in (self.content.identity, self.content.announcement):
            if made is not None:
                self._set(site, made.model, lambda made=made: {**made.fields, **compose(made, self.streams)})
        navigation = self.content.navigation
        if navigation is not None:
            self._set(site, Navigation, lambda: menus(navigation, self.streams))
        for item in self.content.redirects or ():
            path = Redirect.normalise_path(item["from"])
            _, fresh = Redirect.objects.get_or_create(old_path=path, site=None, defaults={"redirect_page": self.places[item["to"]]})
            self._note(Redirect, fresh=fresh)

    def _set(self, site: Site, model: Any, values: Callable[[], dict[str, Any]]) -> None:
        """Wagtail makes an empty row as soon as somebody looks at a page: one that nobody filled in counts as none."""
        row = model.objects.filter(site=site).first() or model(site=site)
        fresh = _is_blank(row)
        if fresh:
            for name, value in values().items():
                setattr(row, name, value)
            row.save()
        self._note(model, fresh=fresh)


def _is_blank(row: Any) -> bool:
    blank = type(row)(site=row.site)
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    return all(field.value_to_string(row) == field.value_to_string(blank) for field in fields)


def _by_order(item: tuple[str, Entry]) -> tuple[int, int, str]:
    """Parents first, then as `menu_order` says."""
    path, made = item
    return path.count("/"), as_whole_number(made.head.get("menu_order") or 0), path
