"""Whatever stands in an address, a reader gets a page that says what is wrong; never a 500."""

import re
import socket
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.web.bad_requests import MAX_PATH_LENGTH, MAX_QUERY_LENGTH
from news.models import Author
from tests.support.public_pages import KINDS, POSTS

CALM = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
LISTS = ("/news/", "/news/2020/", "/news/authors/katie-fox/", "/search/")
ADDRESSES = (
    *(urlsplit(address).path for kind, address in KINDS.items() if kind != "style guide"),
    *("/feeds/all.rss", "/feeds/kind/opinion.atom", "/feeds/topic/who-code.json", "/sitemap.xml", "/robots.txt", "/healthz"),
    *("/.well-known/security.txt", "/site.webmanifest", "/share/3/x.png", "/media/x.jpg", "/documents/1/x.pdf", "/favicon.ico"),
    *("/features/2019/4/5/x", "/_util/login/", "/admin/login/", "/static/css/site.css", "/_util/authenticate_with_password/1/1/"),
)


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def title_of(response: Any) -> str:
    html = response.content.decode()
    return html.partition("<title>")[2].partition("</title>")[0]


# Pages and filters that do not exist


NO_NUMBER = (
    "abc",
    "0",
    "-1",
    "99999",
    "9" * 400,
    "1.5",
    "1e3",
    "٣",
    "²",
    " 1",
    "1 ",
    "+1",
    "0x1",
    "None",
    "last",
    "é",
    "😀",
    "%2500",
    "1,2",
)


@pytest.mark.parametrize("place", LISTS)
def test_a_page_number_that_does_not_exist(visitor: Client, home: Any, place: str) -> None:
    for number in NO_NUMBER:
        response = visitor.get(f"{place}?{urlencode({'q': 'health', 'page': number})}")
        assert response.status_code == 404, number
        assert title_of(response)
        assert "/news/" in response.content.decode()


NO_FILTER = (
    "kind=gossip",
    "kind=OPINION",
    "kind=opinion&kind=gossip",
    "topic=nothing",
    "topic=who-code%27--",
    "author=nobody",
    "author=" + "x" * 300,
    "year=0000",
    "year=9999",
    "year=99999",
    "year=-2020",
    "year=20.20",
    "year=%D9%A2%D9%A0%D9%A2%D9%A0",
    "kind=%F0%9F%98%80",
    "topic=%E2%80%AEabc",
    "kind=opinion&topic=nothing&author=nobody&year=0",
)


def test_a_filter_that_does_not_exist(visitor: Client, home: Any) -> None:
    for query in NO_FILTER:
        response = visitor.get(f"/news/?{query}")
        html = response.content.decode()
        assert response.status_code == 404, query
        assert "There is nothing under" in html
        assert 'href="/news/"' in html
        assert len(html) < 20_000


@pytest.mark.parametrize(
    "path",
    [
        "/news/0000/",
        "/news/9999/",
        "/news/99999/",
        "/news/20/",
        "/news/1999/",
        "/news/٢٠٢٠/",
        "/news/authors/nobody/",
        "/news/authors/",
        "/news/authors/%20/",
    ],
)
def test_an_archive_or_author_that_does_not_exist(visitor: Client, home: Any, path: str) -> None:
    assert visitor.get(path, follow=True).status_code == 404


NOTHING = ("kind[]=opinion", "KIND=opinion", "kind", "kind=", "=", "&&&", "page=", "?", "%3F", "kind=&page=", "a=b;c=d", "page[$ne]=1")


@pytest.mark.parametrize("place", ["/news/", "/search/", "/"])
def test_parameters_that_mean_nothing_change_nothing(visitor: Client, home: Any, place: str) -> None:
    for query in NOTHING:
        assert visitor.get(f"{place}?{query}").status_code == 200, query


def test_of_a_repeated_parameter_the_last_counts(visitor: Client, home: Any) -> None:
    response = visitor.get("/news/?kind=opinion&kind=statement&page=9&page=1")
    assert response.status_code == 200
    assert response.context["listing"].filters == {"kind": "statement"}


def test_filters_that_exclude_each_other_are_an_empty_list(visitor: Client, home: Any) -> None:
    response = visitor.get("/news/?kind=statement&author=katie-fox")
    assert response.status_code == 200
    assert "Nothing matches all these filters" in response.content.decode()


def test_an_author_without_posts_has_a_page(visitor: Client, home: Any) -> None:
    Author.objects.create(name="Nobody Yet", slug="nobody-yet")
    assert visitor.get("/news/authors/nobody-yet/").status_code == 200
    assert visitor.get("/news/?author=nobody-yet").status_code == 200


# Addresses that are no text


@pytest.mark.parametrize("bad", ["%00", "a%00b", "%ff", "%C3", "%c3%28", "%ED%A0%80", "%80", "%F5%80%80%80", "%C0%80"])
def test_nul_and_broken_utf8(visitor: Client, home: Any, bad: str) -> None:
    for place in ("/", "/news/", "/goals/", "/search/", "/feeds/all.rss", "/media/x.jpg", "/documents/1/x", "/admin/login/", "/healthz"):
        for address in (f"{place}?q={bad}", f"{place}?{bad}=1", f"{place.rstrip('/')}/{bad}/", f"{place.rstrip('/')}{bad}"):
            response = visitor.get(address)
            assert response.status_code == 400, address
            assert title_of(response).startswith("This address cannot be read")
            assert "characters that cannot be read" in response.content.decode()


def test_kilobytes_of_address(visitor: Client, home: Any) -> None:
    for place in (address for address in ADDRESSES if not address.startswith("/static/")):
        for address in (f"{place}?q={'x' * 10_240}", f"{place}?{'a=1&' * 2560}", f"{place.rstrip('/')}/{'x' * 10_240}/"):
            response = visitor.get(address)
            assert response.status_code == 400, address[:60]
            assert "too long" in response.content.decode()


def test_what_is_just_short_enough_is_answered(visitor: Client, home: Any) -> None:
    assert visitor.get("/search/?q=" + "x" * (MAX_QUERY_LENGTH - 2)).status_code == 200
    assert visitor.get("/" + "x" * (MAX_PATH_LENGTH - 2) + "/").status_code == 404
    assert visitor.get("/" + "x/" * (MAX_PATH_LENGTH // 2 - 1)).status_code == 404
    assert visitor.get("/?" + "a&" * (MAX_QUERY_LENGTH // 2)).status_code == 200


UNUSUAL = ("😀", "עברית", "العربية", "\u202egnp.exe", "é" * 200, "Ω≈ç√", "<script>", "'\"`", "\t\r\n", "%", "%%", "\\", "../../etc/passwd")


def test_unusual_text_is_text(visitor: Client, home: Any) -> None:
    for text in UNUSUAL:
        response = visitor.get(f"/search/?{urlencode({'q': text})}")
        assert response.status_code == 200, text
        assert "<script>" not in response.content.decode().replace("<script type", "")
        assert visitor.get(f"/{quote(text, safe='')}/").status_code in (301, 400, 404), text


# The host


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "testserver.evil.example",
        "testserver:x",
        "[::1",
        "a b",
        "",
        "x" * 300,
        "é.example",
        "testserver\\@x",
        "@",
        "..",
        "testserver/x",
    ],
)
def test_a_wrong_host_is_refused(visitor: Client, home: Any, host: str) -> None:
    for place in ("/", "/goals/", "/no-such-page/", "/feeds/all.rss", "/robots.txt", "/search/?q=x"):
        response = visitor.get(place, HTTP_HOST=host)
        if host:  # without a Host header the server's own name counts
            assert response.status_code == 400, place
            assert title_of(response) == "This address cannot be read · HW4All"
            assert "evil" not in response.content.decode()


def test_a_wrong_host_never_reaches_what_is_kept(visitor: Client, home: Any) -> None:
    assert visitor.get("/goals/").status_code == 200
    assert visitor.get("/goals/", HTTP_HOST="evil.example").status_code == 400
    assert "evil" not in visitor.get("/goals/").content.decode()


# Methods and headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_are_refused(visitor: Client, home: Any, method: str) -> None:
    for place in ("/search/", "/robots.txt", "/site.webmanifest", "/features/2019/4/5/x"):
        assert visitor.generic(method, place).status_code == 405, place


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_never_break_a_page(visitor: Client, home: Any, method: str) -> None:
    for place in ("/", "/news/", "/goals/", "/feeds/all.rss", "/sitemap.xml"):
        assert visitor.generic(method, place).status_code < 500, place


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("HTTP_IF_NONE_MATCH", '\x00garbage, "'),
        ("HTTP_IF_MODIFIED_SINCE", "yesterday"),
        ("HTTP_IF_MODIFIED_SINCE", "Fri, 99 Foo 99999 99:99:99 GMT"),
        ("HTTP_ACCEPT_ENCODING", "br;q=high, gzip;;;"),
        ("HTTP_ACCEPT_LANGUAGE", "xx-" + "y" * 5000),
        ("HTTP_COOKIE", "sessionid=\x00; csrftoken=é; messages=garbage"),
        ("HTTP_COOKIE", "sessionid=" + "x" * 3000),
        ("HTTP_RANGE", "bytes=5-1"),
        ("HTTP_X_FORWARDED_FOR", "'; DROP TABLE"),
        ("HTTP_REFERER", "\udcff"),
        ("CONTENT_LENGTH", "minus one"),
    ],
)
def test_broken_headers(visitor: Client, home: Any, header: str, value: str) -> None:
    for place in ("/", "/goals/", "/search/?q=nurse", "/feeds/all.atom", "/no-such-page/"):
        extra: Any = {header: value}
        assert visitor.get(place, **extra).status_code in (200, 304, 404)


# Anything at all

names = st.sampled_from(["q", "kind", "topic", "author", "year", "page", "kind[]", "utm_source", "x", ""])
values = st.one_of(
    st.text(max_size=60), st.sampled_from(["opinion", "who-code", "katie-fox", "2020", "2", "gossip", "", "0", "9" * 30, '"', "'"])
)
encoded = st.one_of(values.map(lambda text: quote(text.encode(errors="replace"))), st.binary(max_size=30).map(quote))
queries = st.lists(st.tuples(names, encoded), max_size=6).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
segments = st.one_of(
    st.sampled_from(
        [
            "news",
            "2020",
            "authors",
            "katie-fox",
            "feeds",
            "all.rss",
            "kind",
            "features",
            "4",
            "5",
            "share",
            "media",
            "documents",
            "search",
            "admin",
            "..",
            ".",
        ]
    ),
    st.sampled_from(list(POSTS.values())),
    st.text(max_size=20).map(lambda text: quote(text.encode(errors="replace"), safe="")),
    st.binary(max_size=12).map(lambda raw: quote(raw, safe="")),
)
paths = st.lists(segments, max_size=6).flatmap(lambda parts: st.sampled_from(["/" + "/".join(parts), "/" + "/".join([*parts, ""])]))


def check(visitor: Client, address: str) -> None:
    response = visitor.get(address.replace("//", "/"))
    response.getvalue()  # a file is closed when it is read
    assert response.status_code in (200, 301, 302, 400, 404), (response.status_code, address)
    if response.status_code in (400, 404):
        assert title_of(response)


@CALM
@given(place=st.sampled_from(ADDRESSES), query=queries)
def test_any_query_on_any_page(visitor: Client, home: Any, place: str, query: str) -> None:
    check(visitor, f"{place}?{query}")


@CALM
@given(path=paths, query=queries)
def test_any_path(visitor: Client, home: Any, path: str, query: str) -> None:
    check(visitor, f"{path}?{query}")


@CALM
@given(host=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40))
def test_any_host(visitor: Client, home: Any, host: str) -> None:
    assert visitor.get("/goals/", HTTP_HOST=host).status_code in (200, 400)


# On the wire


@pytest.mark.parametrize(
    "line",
    [
        b"GET /\xff\xfe HTTP/1.1",
        b"GET /goals/?q=\xe9 HTTP/1.1",
        b"GET /%00 HTTP/1.1",
        b"GET /news/?page=%FF HTTP/1.1",
        b"GET /search/?q=" + b"%22" * 900 + b" HTTP/1.1",
    ],
)
def test_raw_bytes_to_a_real_server(live_site: str, line: bytes) -> None:
    place = urlsplit(live_site)
    with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
        connection.sendall(line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = connection.makefile("rb").readline()
    assert answer.split()[1] in (b"200", b"400", b"404"), answer


# Numbers that no database has

NUMBER = str(10**20)


def addresses_with_a_number(patterns: Iterable[Any] = (), above: str = "") -> Iterator[str]:
    """Every registered address with a variable part, and that number in its place."""
    for pattern in patterns or get_resolver().url_patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses_with_a_number(pattern.url_patterns, route)
        elif "<" in route:
            yield "/" + re.sub(r"<(\w+:)?\w+>|\(\?P<\w+>[^)]*\)", NUMBER, route).strip("^$")


def test_a_number_beyond_64_bits_is_not_found(visitor: Client, admin_user: Any, signed_in: Any, home: Any) -> None:
    client = signed_in(admin_user)
    client.raise_request_exception = False
    addresses = [*addresses_with_a_number(), *(f"{place}?p={NUMBER}&parent={NUMBER}" for place in ("/admin/", "/admin/images/", "/news/"))]
    assert len(addresses) > 100
    assert {client.get(address).status_code for address in addresses} <= {200, 301, 302, 400, 403, 404, 405}
