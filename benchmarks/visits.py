"""Single requests to a server, as a reader or a signed-in colleague makes them."""

import http.client
import time
from typing import NamedTuple
from urllib.parse import urlencode

from benchmarks.load import HEADERS
from benchmarks.processes import HOST


class Answer(NamedTuple):
    seconds: float
    status: int
    headers: dict[str, str]
    body: bytes


def ask(port: int, path: str, form: dict[str, str] | None = None, *, coding: str = "identity", cookie: str = "") -> Answer:
    """One request on a connection of its own: a GET, or with a form a POST."""
    connection = http.client.HTTPConnection(HOST, port, timeout=120)
    begun = time.perf_counter()
    words = urlencode(form) if form is not None else None
    more = {"Accept-Encoding": coding, **({"Cookie": cookie} if cookie else {})}
    if words is not None:
        more["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request("POST" if words is not None else "GET", path, body=words, headers={**HEADERS, **more})
        response = connection.getresponse()
        body = response.read()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(time.perf_counter() - begun, response.status, told, body)
    finally:
        connection.close()
