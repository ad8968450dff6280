"""Counting in the database, and whose address counts."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone

from core.models import Count
from core.web.client_address import client_address, network
from core.web.throttle import delete_old_counts, hit
from tests.support.concurrency import at_once

HOUR = timedelta(hours=1)


@time_machine.travel("2026-01-01 12:15:00Z", tick=False)
def test_over_the_limit_says_when_it_ends(db: None) -> None:
    assert [hit("sign", "a", limit=3, window=HOUR) for _time in range(3)] == [None] * 3
    over = hit("sign", "a", limit=3, window=HOUR)
    assert over
    assert (over.scope, over.limit, over.hits, over.retry_after) == ("sign", 3, 4, 45 * 60)
    assert hit("sign", "b", limit=3, window=HOUR) is None
    assert hit("other", "a", limit=3, window=HOUR) is None
    assert hit("sign", "a", limit=3, window=2 * HOUR) is None


def test_the_next_window_begins_at_nought(db: None) -> None:
    with time_machine.travel("2026-01-01 12:59:59Z", tick=False):
        assert hit("sign", "a", limit=1, window=HOUR) is None
        assert hit("sign", "a", limit=1, window=HOUR)
    with time_machine.travel("2026-01-01 13:00:00Z", tick=False):
        assert hit("sign", "a", limit=1, window=HOUR) is None


def test_keys_are_stored_only_hashed_and_not_for_long(db: None, settings: Any) -> None:
    hit("sign", "ada@example.org", limit=1, window=HOUR)
    before = Count.objects.get().digest
    assert "ada" not in before
    settings.SECRET_KEY = "another"
    assert hit("sign", "ada@example.org", limit=1, window=HOUR) is None
    assert Count.objects.count() == 2
    assert delete_old_counts(timezone.now()) == ""
    assert delete_old_counts(timezone.now() + 2 * HOUR) == "2 deleted"


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_are_counted_exactly() -> None:
    answers = at_once(50, lambda _number: hit("sign", "a", limit=10, window=timedelta(days=365)))
    assert answers.count(None) == 10
    assert sorted(over.hits for over in answers if over) == list(range(11, 51))


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (1, "1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "rubbish", "10.0.0.1"),
        (1, "1.2.3.4:5678", "1.2.3.4"),
        (1, "[2001:DB8::1]:443", "2001:db8::1"),
        (1, "2001:db8:0:0::1", "2001:db8::1"),
        (1, "::ffff:1.2.3.4", "1.2.3.4"),
    ],
)
def test_only_our_own_proxies_are_believed(settings: Any, proxies: int, header: str, address: str) -> None:
    settings.PROXY_COUNT, settings.FORWARDED_ALLOW_IPS = proxies, ["10.0.0.0/24"]
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=header)
    assert client_address(request) == address


@pytest.mark.parametrize(("trusted", "address"), [("10.0.0.1", "1.2.3.4"), ("10.0.0.2", "10.0.0.1"), ("::1", "10.0.0.1"), ("*", "1.2.3.4")])
def test_only_the_named_proxies_are_believed(settings: Any, trusted: str, address: str) -> None:
    settings.PROXY_COUNT, settings.FORWARDED_ALLOW_IPS = 1, [trusted]
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4")
    assert client_address(request) == address


def test_a_unix_socket_has_no_address(settings: Any) -> None:
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="")) == ""


def test_a_home_is_one_network() -> None:
    assert network("1.2.3.4") == "1.2.3.4"
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert network("") == ""
