"""The cache hands no visitor's page to another, whatever the address, and what nobody needs does not fill it."""

from typing import Any

import pytest
from django.test import Client

from tests.support.addresses import registered_addresses
from tests.support.public_pages import ERRORS, FORMS, KINDS
from tests.support.reader import Reader

pytestmark = [pytest.mark.one_database, pytest.mark.begins_first]

MARK = "zzspy"
SPY: Any = {
    "HTTP_COOKIE": f"csrftoken={MARK * 6}xx; sessionidx={MARK}; wagtail={MARK}",
    "HTTP_ACCEPT_LANGUAGE": f"nl, {MARK}",
    "HTTP_USER_AGENT": MARK,
    "HTTP_REFERER": f"https://{MARK}.example/",
    "HTTP_X_FORWARDED_HOST": f"{MARK}.example",
    "HTTP_X_FORWARDED_FOR": "203.0.113.99",
    "HTTP_X_ORIGINAL_URL": f"/{MARK}/",
    "HTTP_FORWARDED": f"host={MARK}.example",
    "HTTP_RANGE": "bytes=0-10",
    "REMOTE_ADDR": "203.0.113.98",
}
FILES = ("/feeds/all.rss", "/feeds/all.json", "/sitemap.xml", "/robots.txt", "/site.webmanifest", "/members/members.csv", "/healthz")


def all_addresses() -> list[str]:
    errors = (address for address, _status in ERRORS.values())
    return [*KINDS.values(), *FORMS.values(), *errors, *FILES, *sorted(set(registered_addresses()))]


def seen(answer: Any) -> str:
    return f"{dict(answer.items())} {answer.getvalue().decode(errors='replace')}"


def ask(reader: Reader, address: str, **options: Any) -> Any:
    reader.cookies.clear()
    return reader.get(address, **options)


def test_no_address_gives_one_visitors_page_to_another(reader: Reader, signed_in: Any, admin_user: Any) -> None:
    session = signed_in(admin_user).cookies["sessionid"].value
    reader.raise_request_exception = False
    addresses = all_addresses()
    assert len(addresses) > 200
    for address in addresses:
        if not address.startswith("/admin/"):
            ask(reader, f"{address}{'&' if '?' in address else '?'}utm_source={MARK}", **SPY)
        kept = reader.kept()
        inside = ask(reader, address, HTTP_COOKIE=f"sessionid={session}")
        assert reader.kept() == kept, address
        if not address.startswith("/admin/"):
            assert "Set-Cookie" not in inside or "public" not in inside.get("Cache-Control", ""), address
        plain = ask(reader, address)
        shown = seen(plain)
        for trace in (MARK, "203.0.113", admin_user.email, "wagtail-userbar"):
            assert trace not in shown, (address, trace)
        if "public" in plain.get("Cache-Control", "") and not plain.streaming and "json" not in address:
            fresh = Client(headers={"host": "testserver"}).get(address)
            assert plain.getvalue() == fresh.getvalue(), address
            assert "Set-Cookie" not in plain
        else:
            assert plain.status_code in (304, 404, 405) or plain.streaming or "private" in plain["Cache-Control"] or "json" in address, (
                address
            )


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("/goals/", {"HTTP_HOST": "TESTSERVER"}),
        ("/goals/", {"HTTP_HOST": "testserver:81"}),
        ("/goals/", {"HTTP_HOST": "evil.example"}),
        ("/goals/", {"HTTP_HOST": ""}),
        ("/goals/", {"HTTP_AUTHORIZATION": "Basic eHg6eHg="}),
        ("/goals/", {"HTTP_COOKIE": "sessionid =1"}),
        ("/goals/", {"HTTP_COOKIE": "messages=1"}),
        ("/goals/", {"CONTENT_LENGTH": "5"}),
        ("/goals/", {"HTTP_TRANSFER_ENCODING": "chunked"}),
        ("/goals/", {"SCRIPT_NAME": "/x"}),
        ("//goals/", {}),
        ("/goals//", {}),
        ("/goals/%00", {}),
        ("/goals/?q=%ff", {}),
        ("/news/?kind=opinion&x=1", {}),
        ("/goals/?kind=made-up", {}),
        ("/goals", {}),
    ],
)
def test_what_is_odd_fills_nothing(reader: Reader, address: str, options: dict[str, Any]) -> None:
    reader.get("/goals/")
    before = reader.kept()
    for _ in range(2):
        # Not `get`, which would put the path's double slash in order.
        reader.generic(
            "GET", "/", **{"PATH_INFO": address.partition("?")[0].replace("%00", "\0"), "QUERY_STRING": address.partition("?")[2]} | options
        )
    assert reader.kept() == before


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("/%67oals/", {}),
        ("/goals/?utm_source=x&ref=y", {}),
        ("/goals/", {"HTTP_RANGE": "bytes=0-10"}),
        ("/goals/", {"HTTP_X_FORWARDED_HOST": "evil.example"}),
        ("/goals/", {"HTTP_COOKIE": "csrftoken=x; other=y"}),
        ("/goals/", {"HTTP_ACCEPT_LANGUAGE": "nl"}),
        ("/goals/", {"HTTP_ACCEPT_ENCODING": "br"}),
        ("/goals/", {"CONTENT_LENGTH": "0"}),
    ],
)
def test_what_means_the_same_is_the_same_page(reader: Reader, address: str, options: dict[str, Any]) -> None:
    reader.get("/goals/")
    before = reader.reached_django
    answer = reader.get(address, **options)
    assert answer.status_code == 200
    assert reader.reached_django == before


def test_a_post_neither_reads_nor_fills_the_cache(reader: Reader) -> None:
    for method in ("POST", "PUT", "OPTIONS", "DELETE", "get"):
        before = reader.reached_django
        reader.generic(method, "/goals/")
        assert reader.reached_django == before + 1
        assert reader.kept() == 0
    reader.get("/goals/")
    before = reader.reached_django
    reader.post("/goals/", {"kind": "opinion"})
    assert reader.reached_django == before + 1


def test_searches_push_out_searches_only(reader: Reader, settings: Any) -> None:
    reader.get("/goals/")
    reader.layer.stores["search"].max_bytes = 60_000
    for number in range(8):
        reader.get(f"/search/?q=word{number}")
    assert len(reader.layer.stores["page"]) == 1
    assert 1 <= len(reader.layer.stores["search"]) < 8
    assert reader.layer.stores["search"].bytes <= 60_000


def test_pages_fit_into_their_bytes_and_long_addresses_are_not_remembered(reader: Reader) -> None:
    addresses = [*KINDS.values()][:8]
    for address in addresses:
        reader.get(address)
    store = reader.layer.stores["page"]
    most = store.bytes // 2
    reader.layer.clear()
    store.max_bytes = most
    for address in addresses:
        reader.get(address)
        assert 0 < store.bytes <= most
    assert 1 <= len(store) < len(addresses)
    tables = (reader.layer._queries, reader.layer._private, reader.layer._codings)
    before = [len(table) for table in tables]
    for number in range(5):
        long = f"{number}" * 2000
        reader.get(f"/{long}/")
        reader.get(f"/goals/?{long}", headers={"accept-encoding": long})
        reader.get("/goals/", headers={"host": f"{long}.localhost"})
    assert [len(table) for table in tables] == before
