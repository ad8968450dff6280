"""What texts point to: first as named in the files, then as it stands in the database."""

from html import escape
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Model
from wagtail.models import Page

from .art import NAMES, PORTRAIT
from .media import Media
from .reader import Content
from .source import Lined, Place, Problems, nearest

_OUTSIDE = ("https://", "http://", "mailto:")
_SHORTEST_ALT, _LONGEST_ALT = 10, 255


class Known:
    """Targets that the files name. Nothing exists yet, so every answer but a link is None."""

    exist = False

    def __init__(self, content: Content, problems: Problems) -> None:
        self.content, self.problems = content, problems
        self._alts: dict[str, tuple[str, Place]] = {}
        self._titles: dict[str, str] = {}

    def model_of(self, address: str, place: Place) -> type[Model] | None:
        kind, _, name = address.partition(":")
        entries = {"page": self.content.pages, "post": self.content.posts}.get(kind)
        if entries is None:
            self.problems.add(place, f"“{address}” leads nowhere. Write page:/…/ or post:… for a page of this site.")
            return None
        if address in self.content.unreadable:
            return None
        if name not in entries:
            what = "page with this path" if kind == "page" else "post with this address"
            self.problems.add(place, f"“{address}”: there is no {what}. {nearest(name, entries)}")
            return None
        return entries[name].model

    def page(self, _address: str, _place: Place) -> Any:
        return None

    def link(self, address: str, place: Place) -> str | None:
        if address.startswith(_OUTSIDE):
            return f'href="{escape(address)}"'
        if not address.startswith(("page:", "post:")):
            self.problems.add(place, f"“{address}” is no link. Write https://…, mailto:…, page:/…/ or post:….")
            return None
        return 'linktype="page" id="0"' if self.model_of(address, place) else None

    def image(self, picture: Any, place: Place) -> Any:
        if not isinstance(picture, Lined) or set(picture) != {"art", "alt"} or not all(isinstance(word, str) for word in picture.values()):
            self.problems.add(place, "A picture has “art” (its name) and “alt” (what somebody who cannot see it should know), no more.")
            return None
        art, alt = picture["art"], " ".join(picture["alt"].split())
        if art not in NAMES and not (art.startswith(PORTRAIT) and art != PORTRAIT):
            self.problems.add(picture.at("art"), f"There is no picture “{art}”. {nearest(art, [*NAMES, PORTRAIT + '<name>'])}")
        if not _SHORTEST_ALT <= len(alt) <= _LONGEST_ALT:
            what = f"“alt” describes the picture in {_SHORTEST_ALT} to {_LONGEST_ALT} characters; this has {len(alt)}."
            self.problems.add(picture.at("alt"), what)
        first, where = self._alts.setdefault(art, (alt, picture.at("alt")))
        if first != alt:
            self.problems.add(picture.at("alt"), f"“{art}” has another alternative text at {where}. One picture has one: make them agree.")
        return None

    def document(self, item: Lined) -> Any:
        name, title = item.get("file"), item.get("title")
        files = self.content.folder / "files"
        if not isinstance(name, str) or not _is_inside(files, name):
            self.problems.add(item.at("file"), f"There is no file “{name}” in {files.name}/. Put it there.")
        elif Path(name).suffix[1:].lower() not in settings.WAGTAILDOCS_EXTENSIONS:
            self.problems.add(item.at("file"), f"“{name}”: documents are {', '.join(settings.WAGTAILDOCS_EXTENSIONS)}.")
        if not isinstance(title, str) or not title:
            self.problems.add(item.at("title"), "The document needs a title.")
        elif self._titles.setdefault(title, str(name)) != name:
            self.problems.add(item.at("title"), "Another document has this title. Choose one that tells them apart.")
        return None


class Standing(Known):
    """Targets as they stand in the database; `places` holds the pages and posts by address."""

    exist = True

    def __init__(self, content: Content, problems: Problems, media: Media, places: dict[str, Page]) -> None:
        super().__init__(content, problems)
        self.media, self.places = media, places

    def page(self, address: str, _place: Place) -> Page:
        return self.places[address]

    def link(self, address: str, place: Place) -> str | None:
        if address in self.places:
            return f'linktype="page" id="{self.places[address].pk}"'
        return super().link(address, place)

    def image(self, picture: Any, _place: Place) -> Any:
        return self.media.image(picture["art"], " ".join(picture["alt"].split()))

    def document(self, item: Lined) -> Any:
        return self.media.document(self.content.folder / "files" / item["file"], item["title"], item.get("language") or "")


def _is_inside(folder: Path, name: str) -> bool:
    file = folder / name
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())
