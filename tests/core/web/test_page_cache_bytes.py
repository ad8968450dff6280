"""Requests as bytes, as no browser sends them: whatever stands in them, they neither fill the page cache nor pass it by wrongly."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sites import Site, sites

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.begins_first, pytest.mark.one_database]

HOST = b"Host: localhost"


def request(line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join((line, *headers, b"Connection: close", b"", body))


# The same page, whatever else they say.
SAME = [
    request(b"GET /goals/ HTTP/1.1", HOST),
    request(b"GET /goals/ HTTP/1.0", HOST),
    request(b"GET http://localhost/goals/ HTTP/1.1", HOST),
    request(b"GET /%67oals/ HTTP/1.1", HOST),
    request(b"GET /goals%2f HTTP/1.1", HOST, b"Range: bytes=0-1"),
    request(b"GET /goals/?utm_source=x&ref=y HTTP/1.1", HOST),
    request(b"GET /goals/? HTTP/1.1", HOST),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Range: bytes=0-10"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Range: bytes=5-1", b"If-Range: x"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Accept-Encoding: deflate, zstd, made-up;q=9"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Accept-Language: nl", b"Accept-Language: en"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"If-None-Match: x", b'If-None-Match: "y"'),
    request(b"GET /goals/ HTTP/1.1", HOST, b"X-Original-URL: /admin/", b"X-HTTP-Method-Override: DELETE"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"X-Forwarded-Host: evil.example", b"Forwarded: host=evil.example"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"SCRIPT_NAME: /goals", b"PATH_INFO: /why/"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Cookie: a=1", b"Cookie: b=\xff\xfe"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Content-Length: 0"),
]
# Other answers, or the same page, which are not kept.
ODD = [
    # Hosts
    request(b"GET /goals/ HTTP/1.1", b"Host: evil.example"),
    request(b"GET /goals/ HTTP/1.1", b"Host: LOCALHOST"),
    request(b"GET /goals/ HTTP/1.1", b"Host: localhost."),
    request(b"GET /goals/ HTTP/1.1", b"Host: localhost:81"),
    request(b"GET /goals/ HTTP/1.1", b"Host: "),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Host: evil.example"),
    request(b"GET /goals/ HTTP/1.1"),
    request(b"GET http://evil.example/goals/ HTTP/1.1", b"Host: evil.example"),
    # Paths
    request(b"GET //goals/ HTTP/1.1", HOST),
    request(b"GET /goals// HTTP/1.1", HOST),
    request(b"GET /./goals/ HTTP/1.1", HOST),
    request(b"GET /why/../goals/ HTTP/1.1", HOST),
    request(b"GET /goals/%00 HTTP/1.1", HOST),
    request(b"GET /goals/%ff HTTP/1.1", HOST),
    request(b"GET /goals;x=1/ HTTP/1.1", HOST),
    request(b"GET goals HTTP/1.1", HOST),
    request(b"GET http:// HTTP/1.1", HOST),
    request(b"GET http://[::1/goals/ HTTP/1.1", HOST),
    # Queries
    request(b"GET /goals/?x=1 HTTP/1.1", HOST),
    request(b"GET /goals/?x[]=%ff&=&&; HTTP/1.1", HOST),
    request(b"GET /goals/?\xc3\xa9=1 HTTP/1.1", HOST),
    request(b"GET /goals/?page=1&page=2 HTTP/1.1", HOST),
    request(b"GET /goals/?utm_source=" + b"x" * 7000 + b" HTTP/1.1", HOST),
    request(b"GET /goals/?" + b"x" * 90_000 + b" HTTP/1.1", HOST),
    request(b"GET /goals/?" + b"&".join(b"a%d=1" % number for number in range(1100)) + b" HTTP/1.1", HOST),
    # Methods, bodies and lengths
    *(request(method + b" /goals/ HTTP/1.1", HOST) for method in (b"POST", b"PUT", b"OPTIONS", b"DELETE", b"TRACE", b"PROPFIND", b"get")),
    request(b"OPTIONS * HTTP/1.1", HOST),
    request(b"CONNECT localhost:80 HTTP/1.1", HOST),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Content-Length: 3", body=b"x=1"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Content-Length: 3", b"Content-Length: 4", body=b"x=12"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Content-Length: -1"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Transfer-Encoding: chunked", b"Content-Length: 3", body=b"0\r\n\r\n"),
    # Somebody
    request(b"GET /goals/ HTTP/1.1", HOST, b"Authorization: Basic eDp5"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Cookie: a=1", b"Cookie: sessionid=x"),
    request(b"GET /goals/ HTTP/1.1", HOST, b"Cookie: messages=x"),
    # No HTTP/1.1
    request(b"GET /goals/ HTTP/9.9", HOST),
    request(b"GET /goals/", HOST),
]


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    with sites(tmp_path) as (_database, start):
        running = start("a")
        running.wait()
        yield running


def test_what_is_odd_fills_nothing_and_what_is_the_same_is_rendered_once(site: Site) -> None:
    site.send(request(b"GET / HTTP/1.1", HOST))
    before = len(site.copies())
    page, begun = site.send(SAME[0]), time.monotonic()
    assert (page.status, len(site.copies())) == (200, before + 1)
    kept, rendered = site.copies(), site.rendered("/goals/")
    for same in SAME:
        answer = site.send(same)
        assert (answer.status, answer.body) == (200, page.body), same
        head = site.send(same.replace(b"GET", b"HEAD", 1))
        assert (head.status, head.body, head.getheader("ETag")) == (200, b"", answer.getheader("ETag")), same
    # A page is rendered again when it is 14 seconds old.
    assert site.rendered("/goals/") - rendered <= (time.monotonic() - begun) // 14 + 1
    assert site.copies() == kept
    for odd in ODD:
        for _ in range(2):
            answer = site.send(odd)
            assert 200 <= answer.status < 500, (answer.status, odd)
            assert b"evil.example" not in answer.body, odd
        assert site.copies() == kept, odd
        if answer.status == 200 and not odd.startswith((b"GET http:", b"OPTIONS")):
            before = site.rendered_any()
            site.send(odd)
            assert site.rendered_any() == before + 1, odd
    assert site.send(SAME[0]).body == page.body
