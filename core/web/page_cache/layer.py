"""The page cache in front of Django, as a WSGI application: answers readers of public pages before Django is entered.

A page is fresh while the version is the one it was rendered for, and until the moment at which it next changes. A stale one is rendered by
one request per host; the others get the old page within the second in which the change has to show, or wait. Nothing rendered before a hard
purge is shown again. While the database is away, or Django fails, readers get the last good page.
"""

from collections.abc import Callable, Iterable
from time import monotonic, time
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.utils.http import parse_etags, parse_http_date_safe

from core.web.compression import choose_coding

from .copies import Copies, render_lock
from .policy import MAX_QUERY_LENGTH, RENDERED, TRACKING, Rendered
from .release import release
from .store import Form, Page, Store
from .watch import FRESH_SECONDS, LAST_GOOD_SECONDS, Seen, Watch, watch

Environ = dict[str, Any]
Start = Callable[..., Any]
Key = tuple[Any, ...]

SEARCH_SHARE = 8  # searches get an eighth of the memory
RECENT_SECONDS = 0.05
WAIT_SECONDS = 5.0  # for another request that renders the same page
# The small tables are bounded in bytes, too: by what one entry may have.
MAX_REMEMBERED, MAX_ADDRESS_LENGTH = 2000, 1000
# Of a page that is sent again later, these belong to the answer it came with.
NOT_KEPT = {"content-length", "etag", "date", "age"}


class PageCacheLayer:
    """`PageCacheLayer(application)` is a WSGI application."""

    def __init__(self, application: Any, watch: Watch = watch):
        self.application, self.watch = application, watch
        memory = settings.PAGE_CACHE_MB * 1024 * 1024
        self.stores = {"page": Store(memory - memory // SEARCH_SHARE), "search": Store(memory // SEARCH_SHARE)}
        self.copies = Copies(release())
        self.personal = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
        self.secure_header, self.secure_value = settings.SECURE_PROXY_SSL_HEADER or ("", "")
        # Small tables that spare parsing: the coding for an Accept-Encoding, the parameters of a query; and addresses that are not public.
        self._codings: dict[str, str] = {}
        self._queries: dict[str, Key] = {}
        self._private: dict[Key, bool] = {}

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        if not self._is_shareable(environ):
            return self.application(environ, start_response)
        key = self._key(environ)
        if key is None:
            return self._render(None, None, environ, start_response)
        seen = self.watch.current()
        page = self._found(key)
        if page is not None and _is_fresh(page, seen):
            return self._send(page, environ, start_response)
        return self._renew(key, page, seen, environ, start_response)

    def clear(self) -> None:
        """Forget what this process keeps in memory."""
        for store in self.stores.values():
            store.clear()
        self._private.clear()

    # What is asked for

    def _is_shareable(self, environ: Environ) -> bool:
        """Whether the response may come from the cache, or go into it. When in doubt, it is Django's."""
        cookie = environ.get("HTTP_COOKIE")
        if cookie and any(name in cookie for name in self.personal):
            return False
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and "HTTP_AUTHORIZATION" not in environ
            and "HTTP_TRANSFER_ENCODING" not in environ
            and environ.get("CONTENT_LENGTH") in (None, "", "0")
        )

    def _key(self, environ: Environ) -> Key | None:
        """All that a public page may depend on; None for an address of which no page is kept."""
        query, host, path = environ.get("QUERY_STRING"), environ.get("HTTP_HOST"), environ["PATH_INFO"] or "/"
        if not host or environ.get("SCRIPT_NAME") or len(host) + len(path) > MAX_ADDRESS_LENGTH:
            return None
        parameters: Key | None = self._parameters(query) if query else ()
        return None if parameters is None else (self._scheme(environ), host, path, *parameters)

    def _scheme(self, environ: Environ) -> str:
        """As Django sees it."""
        stated = environ.get(self.secure_header) if self.secure_header else None
        if stated is None:
            return str(environ["wsgi.url_scheme"])
        return "https" if stated.partition(",")[0].strip() == self.secure_value else "http"

    def _parameters(self, query: str) -> Key | None:
        """The names and values, sorted by name, without those of newsletters; None for a query that is long or no plain text."""
        if not query.isascii() or len(query) > MAX_QUERY_LENGTH:
            return None
        found = self._queries.get(query)
        if found is None:
            pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if not TRACKING.fullmatch(pair[0])]
            found = tuple(part for pair in sorted(pairs, key=lambda pair: pair[0]) for part in pair)
            _remember(self._queries, query, found)
        return found

    def _coding(self, environ: Environ) -> str:
        accept = environ.get("HTTP_ACCEPT_ENCODING", "")
        coding = self._codings.get(accept)
        if coding is None:
            coding = choose_coding(accept)
            if len(accept) < MAX_QUERY_LENGTH:
                _remember(self._codings, accept, coding)
        return coding

    # Answers

    def _send(self, page: Page, environ: Environ, start_response: Start, *, is_stale: bool = False) -> list[bytes]:
        form = page.form(self._coding(environ))
        more = _stale_headers(page) if is_stale else []
        if _has_it(environ, page, form):
            start_response("304 Not Modified", [*form.not_modified, *more])
            return []
        start_response("200 OK", [*form.headers, *more])
        return [form.body] if environ["REQUEST_METHOD"] == "GET" else []

    def _renew(self, key: Key, page: Page | None, seen: Seen, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Answer for a page that is unknown or stale: by a neighbour's copy, by rendering it, or by waiting for who does."""
        if page is None and key in self._private:
            return self._render(key, None, environ, start_response)
        page = self._last_good(key, page, seen)
        if page is not None and (seen.is_away or _is_fresh(page, seen)):
            return self._send(page, environ, start_response, is_stale=seen.is_away)
        if page is None and seen.is_away:
            return self._render(key, None, environ, start_response)
        shows_old = page is not None and _may_be_old(page, seen)
        with render_lock(key, 0 if shows_old else WAIT_SECONDS) as is_held:
            if shows_old and page is not None and not is_held:
                return self._send(page, environ, start_response)
            # Ask whether the database answers before Django waits for it, and whether another request has made the page meanwhile.
            seen = self.watch.current(RECENT_SECONDS)
            page = self._last_good(key, self._found(key), seen)
            if page is not None and (seen.is_away or _is_fresh(page, seen)):
                return self._send(page, environ, start_response, is_stale=seen.is_away)
            return self._render(key, page, environ, start_response)

    def _found(self, key: Key) -> Page | None:
        return self.stores["page"].get(key) or self.stores["search"].get(key)

    def _last_good(self, key: Key, page: Page | None, seen: Seen) -> Page | None:
        """The newest page that may still be shown: from memory or from a file, and nothing from before a hard purge."""
        copy = None if page is not None and _is_fresh(page, seen) else self.copies.read(key)
        if copy is not None and (page is None or copy.rendered_at > page.rendered_at):
            page = copy
            self.stores["page"].put(key, copy)
        if page is None or seen.version is None or page.purged < seen.version.purged:
            return None
        return page if not seen.is_away or seen.serves_last_good() else None

    def _render(self, key: Key | None, last: Page | None, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Django's response. A public page is finished here, and kept; if Django fails, the last good one is sent."""
        host = environ.get("HTTP_HOST", "")
        if host and ":" not in host:
            # Behind a proxy, the port on which this process listens says nothing to the reader, and is not in the key.
            environ["SERVER_PORT"] = "443" if self._scheme(environ) == "https" else "80"
        started: list[Any] = []
        body: Any = self.application(environ, lambda *words: started.append(words))
        status, headers, *error = started[-1]
        rendered: Rendered | None = environ.pop(RENDERED, None)
        if rendered is None or any(name.lower() == "set-cookie" for name, _value in headers):
            if status >= "500" and last is not None and time() - last.rendered_at < LAST_GOOD_SECONDS:
                _close(body)
                return self._send(last, environ, start_response, is_stale=True)
            if key is not None and status < "500" and environ["REQUEST_METHOD"] == "GET":
                self._forget(key)
            start_response(status, headers, *error)
            return body  # type: ignore[no-any-return]
        _close(body)
        page = _finished(rendered, headers)
        if rendered.rendering is not None:
            self.watch.saw(rendered.rendering.version, rendered.rendering.asked_at)
        if key is not None and rendered.keep and environ["REQUEST_METHOD"] == "GET":
            self._private.pop(key, None)
            self.stores[rendered.keep].put(key, page)
            if rendered.keep == "page":
                self.copies.write(key, page)
        return self._send(page, environ, start_response)

    def _forget(self, key: Key) -> None:
        """Keep no page of an address that turned out to have none."""
        if key not in self._private:
            _remember(self._private, key, True)
            self.copies.drop(key)
            for store in self.stores.values():
                store.drop(key)


def _finished(rendered: Rendered, headers: list[tuple[str, str]]) -> Page:
    version = rendered.rendering.version if rendered.rendering else (-1, -1)
    kept = [(name, value) for name, value in headers if name.lower() not in NOT_KEPT]
    return Page(rendered.content, kept, *version, rendered.rendered_at, rendered.renew_at)


def _is_fresh(page: Page, seen: Seen) -> bool:
    version = seen.version
    return (
        not seen.is_away
        and version is not None
        and page.number == version.number
        and page.purged >= version.purged
        and page.rendered_at <= time() < page.renew_at
    )


def _may_be_old(page: Page, seen: Seen) -> bool:
    """Whether an old page may still be shown: the change, or the moment at which it was to be renewed, is less than a second ago."""
    if seen.version is not None and page.number != seen.version.number:
        return monotonic() < seen.old_until
    return time() < page.renew_at + FRESH_SECONDS


def _has_it(environ: Environ, page: Page, form: Form) -> bool:
    """Whether the client has this form of the page already (RFC 9110 §13)."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None:
        return known.strip() == "*" or form.etag in (tag.removeprefix("W/") for tag in parse_etags(known))
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    if not since:
        return False
    changed = next((value for name, value in page.headers if name.lower() == "last-modified"), "")
    when, asked = parse_http_date_safe(changed), parse_http_date_safe(since)
    return when is not None and asked is not None and when <= asked


def _stale_headers(page: Page) -> list[tuple[str, str]]:
    """Say that the page is the last good one (RFC 9111 §5.1, RFC 9211): its age, and that its time is over."""
    now = time()
    detail = f"HW4All; hit; ttl={min(0, int(page.renew_at - now))}; detail=last-good"
    return [("Age", str(max(0, int(now - page.rendered_at)))), ("Cache-Status", detail)]


def _remember(table: dict[Any, Any], key: Any, value: Any) -> None:
    """Add to a small table, which is emptied when it is full."""
    if len(table) >= MAX_REMEMBERED:
        table.clear()
    table[key] = value


def _close(body: Any) -> None:
    if hasattr(body, "close"):
        body.close()
