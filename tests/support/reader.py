"""A test client that asks as a server does: through the page cache in front of Django."""

from time import monotonic, time
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler

from core.web.page_cache.layer import PageCacheLayer
from core.web.page_cache.policy import RENDERED
from core.web.page_cache.version import Version, read_version
from core.web.page_cache.watch import Seen


class NowWatch:
    """Looks the version up for each request, in the test's own transaction."""

    def current(self, max_age: float = 0) -> Seen:
        return Seen(read_version(), False, monotonic(), 0, time())

    def saw(self, version: Version, asked_at: float) -> None:
        pass


class _Handler(ClientHandler):
    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=False)
        self.layer = PageCacheLayer(self.django, NowWatch())  # type: ignore[arg-type]
        self.reached_django = 0

    def django(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.reached_django += 1
        response: HttpResponseBase = super().__call__(environ)
        cookies = [("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values()]
        start_response(f"{response.status_code} {response.reason_phrase}", [*response.items(), *cookies])
        # The test client has closed it, and closing it again would close the connection to the database.
        return [] if RENDERED in environ else response

    def __call__(self, environ: dict[str, Any]) -> Any:
        started: list[Any] = []
        body = self.layer(environ, lambda *words: started.append(words))
        if isinstance(body, HttpResponseBase):
            return body
        status, headers = started[-1]
        response = HttpResponse(b"".join(body), status=int(status.partition(" ")[0]), headers=dict(headers))
        response.wsgi_request = WSGIRequest(environ)  # type: ignore[attr-defined]
        return response


class Reader(Client):
    """`reader.reached_django` counts the requests that the cache did not answer by itself."""

    def __init__(self) -> None:
        super().__init__(headers={"host": "testserver"})
        self.handler = _Handler()

    @property
    def layer(self) -> PageCacheLayer:
        return self.handler.layer

    @property
    def reached_django(self) -> int:
        return self.handler.reached_django

    def kept(self) -> int:
        return sum(len(store) for store in self.layer.stores.values())
