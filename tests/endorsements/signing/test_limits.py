"""Too many from one place: held for a person to look at, and told so. And the reminders, which are few."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.utils import timezone

from core.mail.delivery import is_wanted
from core.mail.suppression import suppress
from core.models import Count
from core.web.limits import FROM_NETWORK
from core.web.throttle import hit, peek
from endorsements.models import DeclarationPage, Endorsement
from endorsements.moderation import workflow as moderation
from endorsements.signing import limits
from endorsements.signing.reminders import remind
from endorsements.states import State
from tests.support.concurrency import at_once
from tests.support.declarations import PERSON, confirmed, open_declaration, recorded, submitted, typed
from tests.support.endorsing import hidden, link_in, mails, press, sent, the_only, words

# Noon, so that no hour and no day ends while a test counts.
NOON = datetime.fromisoformat("2026-03-10T12:05:00+00:00")


@pytest.fixture
def declaration(home: Any) -> Any:
    return open_declaration()


def fill(scope: Any, key: str) -> None:
    """As many as may come have come."""
    for _time in range(scope.most):
        hit(scope.scope, key, limit=scope.most, window=scope.window)


@time_machine.travel(NOON, tick=False)
def test_an_office_over_the_limit_is_held_and_told_so(home: Any) -> None:
    declaration = open_declaration()
    address = f"{declaration.url}endorse/"
    fill(limits.FROM_NETWORK, f"{declaration.pk}\0{_network('10.1.1.1')}")
    response = sent(address, client=Client(REMOTE_ADDR="10.1.1.1"))
    assert response["Location"] == f"{address}held/"
    assert "A person will look at it first" in words(Client().get(response["Location"]))
    row = the_only(declaration)
    assert (row.state, row.hold_reason) == (State.HELD, "limit")
    assert mails("confirm") == []
    # The neighbours are free, and so is the same office under another declaration.
    assert "check-mail" in sent(address, name="Nurses", website="", client=Client(REMOTE_ADDR="10.1.1.2"))["Location"]
    other = open_declaration("Another one")
    assert "check-mail" in sent(f"{other.url}endorse/", client=Client(REMOTE_ADDR="10.1.1.1"))["Location"]


def _network(address: str) -> str:
    return limits.network_of(RequestFactory().get("/", REMOTE_ADDR=address))


@time_machine.travel(NOON, tick=False)
def test_every_limit_holds(home: Any) -> None:
    declaration = open_declaration()
    told = typed()
    for limit in (limits.ON_SITE, limits.EMAILS_ON_SITE):
        Count.objects.all().delete()
        fill(limit, "")
        assert limits.count_and_check(declaration, told, "n1"), limit
        assert limits.count_and_check(declaration, told, "n1"), "and so is the same once more"


@time_machine.travel(NOON, tick=False)
def test_pressing_twice_counts_once(home: Any) -> None:
    declaration, told = open_declaration(), typed()
    assert not any(limits.count_and_check(declaration, told, "n1") for _time in range(30))
    assert peek(limits.ON_SITE.scope, "", limit=0, window=limits.ON_SITE.window).hits == 1  # type: ignore[union-attr]
    assert not limits.count_and_check(declaration, typed(name="Nurses", website=""), "n1")
    assert peek(limits.ON_SITE.scope, "", limit=0, window=limits.ON_SITE.window).hits == 2  # type: ignore[union-attr]


def test_peeking_counts_nothing(db: None) -> None:
    hour = timedelta(hours=1)
    assert peek("x", "a", limit=0, window=hour) is None
    hit("x", "a", limit=1, window=hour)
    assert [peek("x", "a", limit=1, window=hour) for _time in range(3)] == [None] * 3
    over = hit("x", "a", limit=1, window=hour)
    assert over == peek("x", "a", limit=1, window=hour)


def test_a_visitor_without_an_address_shares_no_limit(declaration: Any) -> None:
    assert _network("") == ""
    assert len(_network("10.1.1.1")) == 64
    assert _network("2001:db8::1") == _network("2001:db8::2")


def test_what_was_held_gets_its_mail_when_it_is_released(declaration: Any) -> None:
    recorded()
    row = submitted(declaration, over_limit=True)
    moderation.release(row, by=None, now=timezone.now())
    press(link_in(mails("confirm")[0], "confirm"))
    assert the_only(declaration).state == State.LISTED


@time_machine.travel(NOON, tick=False)
def test_many_requests_for_links_are_told_to_wait(home: Any) -> None:
    for _time in range(6):
        assert Client().post("/endorsements/link/", {"email": "a@b.example"}).status_code == 200
    for _time in range(FROM_NETWORK.most):
        FROM_NETWORK.hit("endorsements.links\0" + "10.2.2.2")
    response = Client(REMOTE_ADDR="10.2.2.2").post("/endorsements/link/", {"email": "c@d.example"})
    assert "55 minutes" in words(response)


# Reminders


def reminded(now: datetime) -> int:
    """How many mails two runs write at that time."""
    before = len(mails("confirm"))
    for _time in range(2):
        remind(now)
    return len(mails("confirm")) - before


def test_one_reminder_after_two_days_and_one_on_the_last(declaration: Any) -> None:
    submitted(declaration)
    confirmed(declaration, PERSON)
    start = timezone.now()
    assert reminded(start + timedelta(hours=47)) == 0
    assert reminded(start + timedelta(hours=49)) == 1
    assert reminded(start + timedelta(days=4)) == 0
    assert reminded(declaration.closes_at - timedelta(hours=25)) == 0
    assert reminded(declaration.closes_at - timedelta(hours=20)) == 1
    assert reminded(declaration.closes_at - timedelta(hours=1)) == 0
    assert reminded(declaration.closes_at + timedelta(hours=1)) == 0
    assert {mail.recipient for mail in mails("confirm")[2:]} == {"akello@midwives-gulu.example"}
    assert "Still waiting" in mails("confirm")[-1].subject
    with time_machine.travel(declaration.closes_at - timedelta(hours=1), tick=False):
        press(link_in(mails("confirm")[-1], "confirm"))
    assert Endorsement.objects.for_declaration(declaration).live().count() == 2


def test_nobody_is_reminded_right_after_a_mail(declaration: Any) -> None:
    closes = declaration.closes_at
    submitted(declaration)
    Endorsement.objects.update(mailed_at=closes - timedelta(hours=20))
    assert reminded(closes - timedelta(hours=15)) == 0
    assert reminded(closes - timedelta(hours=7)) == 1
    Endorsement.objects.update(mailed_at=closes - timedelta(hours=60), reminded_last_day_at=None, reminded_at=None)
    assert reminded(closes - timedelta(hours=5)) == 1, "the last day's, and not the other too"


def test_a_run_that_comes_days_late_reminds_once(declaration: Any) -> None:
    submitted(declaration)
    submitted(declaration, PERSON)
    assert reminded(timezone.now() + timedelta(days=5)) == 2
    assert reminded(timezone.now() + timedelta(days=5, hours=1)) == 0


def test_who_was_held_and_what_is_offline_is_left_in_peace(declaration: Any) -> None:
    submitted(declaration, over_limit=True)
    submitted(declaration, PERSON)
    DeclarationPage.objects.get(pk=declaration.pk).unpublish()
    assert reminded(timezone.now() + timedelta(days=3)) == 0


def test_hosts_that_remind_at_the_same_moment_write_one_mail(transactional_db: None, home: Any) -> None:
    page = open_declaration()
    for number in range(3):
        submitted(page, PERSON, email=f"p{number}@example.net")
    now = timezone.now() + timedelta(days=3)
    at_once(6, lambda _number: remind(now))
    assert len(mails("confirm")) == 6


def test_a_suppressed_address_is_not_written_to(declaration: Any) -> None:
    submitted(declaration, PERSON)
    suppress("ngozi@example.net")
    remind(timezone.now() + timedelta(days=3))
    assert not any(is_wanted(mail) for mail in mails("confirm"))


def test_the_held_page_and_its_step_need_no_state(declaration: Any) -> None:
    """Somebody who opens it by hand learns nothing."""
    review = Client().get(f"{declaration.url}endorse/held/")
    assert review.status_code == 200
    assert "began" not in hidden(review)
