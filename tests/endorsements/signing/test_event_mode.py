"""A conference hall behind one network, and a site over its limit: what the secretariat does, and what it is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail.models import ModelLogEntry

from cms.dashboard import waiting_shortcuts
from core.models import Count, OutgoingMail
from core.web.throttle import hit
from endorsements.models import Endorsement, EventWindow, LimitAlarm
from endorsements.signing import limits
from endorsements.states import State
from tests.support.admin_screen import words
from tests.support.answers import Screen, levels, mistakes
from tests.support.declarations import open_declaration
from tests.support.endorsing import PERSON_FORM, mails, sent

NOON = datetime.fromisoformat("2026-03-10T12:05:00+00:00")
HALL = "10.1.1.1"


def send(page: Any, number: int, address: str = HALL) -> str:
    """The last part of the address that the visitor is led to."""
    form = {"name": f"Nurse {number}", "email": f"nurse{number}@example.net"}
    return str(sent(f"{page.url}endorse/", PERSON_FORM, client=Client(REMOTE_ADDR=address), **form)["Location"]).split("/")[-2]


def fill_hall(page: Any, times: int) -> None:
    """So many have come from the hall in this hour."""
    network = limits.network_of(RequestFactory().get("/", REMOTE_ADDR=HALL))
    limit = limits.FROM_NETWORK
    for _time in range(times):
        hit(limit.scope, f"{page.pk}\0{network}", limit=limit.most, window=limit.window)


def start(client: Client, page: Any, ends_at: str = "2026-03-10 18:00", most: str = "50") -> Any:
    where = reverse("declaration_event_mode", args=(page.pk,))
    shown = Screen(client.get(where)).hidden["shown"]
    return client.post(where, {"shown": shown, "ends_at": ends_at, "most": most}, follow=True)


@pytest.fixture
def noon() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_a_hall_sends_more_while_event_mode_runs(noon: Any, home: Any, secretary: Any, secretary_client: Client) -> None:
    page, other = open_declaration(), open_declaration("Another")
    for one in (page, other):
        fill_hall(one, limits.FROM_NETWORK.most)
    assert send(page, 1) == "held"
    assert levels(start(secretary_client, page)) == ["success"]
    window = EventWindow.objects.get()
    assert (window.opened_by, window.most, window.opened_at) == (secretary, 50, NOON)
    assert ModelLogEntry.objects.filter(action="endorsements.open_window", user=secretary).count() == 1
    assert send(page, 2) == "check-mail"
    assert send(other, 3) == "held", "of another declaration"
    fill_hall(page, 30)
    assert send(page, 4) == "held", "it has a limit, too"
    for screen in (reverse("wagtailadmin_pages:edit", args=(page.pk,)), reverse("wagtailadmin_home")):
        assert "up to 50 endorsements" in words(secretary_client.get(screen))
    noon.shift(timedelta(hours=6))
    fill_hall(page, limits.FROM_NETWORK.most)
    assert send(page, 5) == "held", "it has closed without anybody"
    assert "up to 50 endorsements" not in words(secretary_client.get(reverse("wagtailadmin_home")))


def test_it_can_be_ended_early_or_changed(noon: Any, home: Any, secretary: Any, secretary_client: Client) -> None:
    page = open_declaration()
    fill_hall(page, limits.FROM_NETWORK.most)
    start(secretary_client, page)
    start(secretary_client, page, most="21")
    assert [window.ended_at for window in EventWindow.objects.order_by("pk")] == [NOON, None]
    where = reverse("declaration_end_event_mode", args=(page.pk,))
    shown = Screen(secretary_client.get(where)).hidden["shown"]
    assert levels(secretary_client.post(where, {"shown": shown}, follow=True)) == ["success"]
    assert levels(secretary_client.post(where, {"shown": shown}, follow=True)) == ["warning"]
    assert EventWindow.objects.get(most=21).ended_by == secretary
    assert send(page, 1) == "held"


@pytest.mark.parametrize(
    ("ends_at", "most", "wrong"),
    [
        ("2026-03-10 12:00", "50", {"ends_at"}),
        ("2026-03-20 12:00", "50", {"ends_at"}),
        ("tomorrow", "50", {"ends_at"}),
        ("", "", {"ends_at", "most"}),
        ("2026-03-10 18:00", "20", {"most"}),
        ("2026-03-10 18:00", "99999999999999999999", {"most"}),
    ],
)
def test_what_makes_no_sense_is_refused(noon: Any, home: Any, secretary_client: Client, ends_at: str, most: str, wrong: set[str]) -> None:
    page = open_declaration()
    assert mistakes(start(secretary_client, page, ends_at, most)) == wrong
    assert not EventWindow.objects.exists()


def test_only_the_secretariat_opens_it(home: Any, editor: Any, signed_in: Callable[[Any], Client]) -> None:
    page = open_declaration()
    for name in ("declaration_event_mode", "declaration_end_event_mode"):
        assert signed_in(editor).post(reverse(name, args=(page.pk,)), {}).status_code in (302, 403)
    assert not EventWindow.objects.exists()


def test_what_was_held_is_released_in_one_act(noon: Any, home: Any, secretary_client: Client) -> None:
    page, other = open_declaration(), open_declaration("Another")
    for one in (page, other):
        fill_hall(one, limits.FROM_NETWORK.most)
    assert {send(page, number) for number in range(3)} == {"held"}
    assert send(other, 9) == "held"
    where = f"{reverse('endorsement_queue:release_held')}?declaration={page.pk}"
    assert where in Screen(secretary_client.get(reverse("wagtailadmin_pages:edit", args=(page.pk,)))).links
    shown = Screen(secretary_client.get(where)).hidden["shown"]
    send(page, 4)
    assert levels(secretary_client.post(where, {"shown": shown}, follow=True)) == ["success"]
    states = dict(Endorsement.objects.values_list("name", "state"))
    assert [states[f"Nurse {number}"] for number in (0, 1, 2, 4, 9)] == ["pending"] * 3 + ["held"] * 2
    assert {mail.recipient for mail in mails("confirm")} == {f"nurse{number}@example.net" for number in range(3)}
    for odd in ("", "x", "²", "9" * 40):
        secretary_client.post(where, {"shown": odd})
    assert Endorsement.objects.filter(state=State.HELD).count() == 2


def test_the_secretariat_is_told_once_an_hour_that_the_site_is_over_its_limit(
    noon: Any, home: Any, secretary: Any, secretary_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ON_SITE", replace(limits.ON_SITE, most=2))
    page = open_declaration()
    Count.objects.all().delete()

    def told() -> int:
        return OutgoingMail.objects.filter(purpose="endorsements.site_limit", recipient=secretary.email).count()

    assert [send(page, number, f"10.1.2.{number}") for number in range(2)] == ["check-mail"] * 2
    assert (told(), LimitAlarm.objects.count()) == (0, 0)
    assert [send(page, number, f"10.1.2.{number}") for number in range(2, 5)] == ["held"] * 3
    assert (told(), LimitAlarm.objects.count()) == (1, 1)
    home_page = Screen(secretary_client.get(reverse("wagtailadmin_home")))
    assert reverse("endorsement_queue:release_held") in home_page.links
    assert any(one.newest == NOON for one in waiting_shortcuts(secretary)), "and so the digest has it"
    noon.shift(timedelta(minutes=50))
    assert send(page, 5, "10.1.2.5") == "held"
    assert told() == 1
    noon.shift(timedelta(minutes=10))
    assert [send(page, number, f"10.1.2.{number}") for number in range(6, 9)] == ["check-mail"] * 2 + ["held"]
    assert told() == 2
    noon.shift(timedelta(days=2))
    assert reverse("endorsement_queue:release_held") not in Screen(secretary_client.get(reverse("wagtailadmin_home"))).links
