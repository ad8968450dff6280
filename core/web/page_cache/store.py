"""Finished pages in the memory of a process, as many as fit into a number of bytes; the one unused for longest makes room."""

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import NamedTuple

from core.web.compression import compress, should_compress

Headers = list[tuple[str, str]]
# A page and its compressed forms, and what Python needs to hold them.
FORMS_FACTOR, OVERHEAD = 1.5, 4096


class Form(NamedTuple):
    """A page in one coding, ready to be sent."""

    headers: Headers
    not_modified: Headers
    body: bytes
    etag: str


@dataclass(slots=True)
class Page:
    """A public page: its content, the version it shows, and until when it holds (seconds since 1970)."""

    content: bytes
    headers: Headers  # without those that depend on the coding
    number: int
    purged: int
    rendered_at: float
    renew_at: float
    forms: dict[str, Form] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return int(len(self.content) * FORMS_FACTOR) + OVERHEAD

    def form(self, coding: str) -> Form:
        return self.forms.get(coding) or self._make_form(coding)

    def _make_form(self, coding: str) -> Form:
        names = {name.lower(): value for name, value in self.headers}
        is_compressed = bool(coding) and "content-encoding" not in names and should_compress(self.content, names.get("content-type", ""))
        body = compress(self.content, coding) if is_compressed else self.content
        etag = f'"{sha256(body).hexdigest()[:32]}"'
        kept = [("ETag", etag), *self.headers]
        own = [("Content-Length", str(len(body))), *([("Content-Encoding", coding)] if is_compressed else [])]
        not_modified = [(name, value) for name, value in kept if not name.lower().startswith("content-t")]
        form = self.forms[coding] = Form([*own, *kept], not_modified, body, etag)
        return form


class Store:
    """Pages by key. Safe to use from several threads."""

    def __init__(self, max_bytes: int):
        self.max_bytes, self.bytes = max_bytes, 0
        self._pages: OrderedDict[tuple[object, ...], Page] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: tuple[object, ...]) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: tuple[object, ...], page: Page) -> None:
        with self._lock:
            self._remove(key)
            if page.size > self.max_bytes:
                return
            self._pages[key] = page
            self.bytes += page.size
            while self.bytes > self.max_bytes:
                self._remove(next(iter(self._pages)))

    def drop(self, key: tuple[object, ...]) -> None:
        with self._lock:
            self._remove(key)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self.bytes = 0

    def _remove(self, key: tuple[object, ...]) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self.bytes -= page.size
