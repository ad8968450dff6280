"""A wave of made-up endorsements: found by the network and the mail domain of one hour, dealt with together, and taken back as one."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import OutgoingMail
from endorsements.models import BulkAct, Endorsement
from endorsements.moderation import workflow as moderation
from endorsements.signing import workflow as signing
from endorsements.states import State
from tests.support.answers import Screen, levels, said
from tests.support.declarations import PERSON, confirmed, open_declaration, submitted

SignIn = Callable[[Any], Client]


def where(row: Endorsement) -> str:
    return reverse("endorsements:alike", args=(row.pk,))


def states(rows: list[Endorsement]) -> list[str]:
    found = dict(Endorsement.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "state"))
    return [found[row.pk] for row in rows]


@pytest.fixture
def wave(db: None) -> list[Endorsement]:
    """Three from one network, of which the last is two hours older; one from elsewhere with the same mail domain; one neighbour."""
    page, other = open_declaration(), open_declaration("Another")
    rows = [
        submitted(page, name="Pills 0", website="https://pills0.example", email="a@spam.example", over_limit=True),
        confirmed(page, PERSON, name="Pills 1", email="pills1@gmail.com"),
        submitted(page, name="Pills 2", website="https://pills2.example", email="b@old.example"),
        submitted(other, name="Pills 3", website="https://pills3.example", email="c@spam.example"),
        confirmed(page, PERSON, name="A neighbour", email="neighbour@gmail.com"),
    ]
    Endorsement.objects.filter(pk__in=[row.pk for row in rows[:3]]).update(network="n1")
    Endorsement.objects.filter(pk=rows[2].pk).update(submitted_at=timezone.now() - timedelta(hours=2))
    for row in rows:
        row.refresh_from_db()
    return rows


def test_alike_are_those_of_the_network_and_the_domain_in_the_hour(secretary_client: Client, wave: list[Endorsement]) -> None:
    answer = secretary_client.get(where(wave[0]))
    why = {item["row"].pk: item["why"] for item in answer.context["rows"]}
    assert why.keys() == {wave[0].pk, wave[1].pk, wave[3].pk}
    assert len(set(why.values())) == 3, "the network, the mail domain, or both"
    assert [item["row"].pk for item in secretary_client.get(where(wave[4])).context["rows"]] == [wave[4].pk], "free mail is no trace"
    signing.report_not_me(wave[3], now=timezone.now())
    left = secretary_client.get(where(wave[0]))
    assert {item["row"].pk for item in left.context["rows"]} == {wave[0].pk, wave[1].pk}


def test_they_are_declined_together_and_put_back_as_one(secretary_client: Client, secretary: Any, wave: list[Endorsement]) -> None:
    asked = secretary_client.get(where(wave[0]))
    marks = [item["key"] for item in asked.context["rows"]]
    assert states(wave) == ["held", "listed", "pending", "pending", "listed"], "nothing happens by looking"
    mails = OutgoingMail.objects.count()
    done = secretary_client.post(where(wave[0]), {"action": "decline", "reason": "false", "row": marks}, follow=True)
    assert levels(done)[0] == "success"
    assert states(wave) == ["declined", "declined", "pending", "declined", "listed"]
    assert OutgoingMail.objects.count() == mails, "nobody is written to"
    act = BulkAct.objects.get()
    assert (act.made_by, act.items.count()) == (secretary, 3)
    undo = reverse("endorsement_queue:act", args=(act.pk,))
    assert undo in done.content.decode()
    assert undo in Screen(secretary_client.get(reverse("endorsement_queue:acts"))).links
    signing.withdraw(Endorsement.objects.get(pk=wave[1].pk), shown=False, now=timezone.now())
    back = secretary_client.post(undo, follow=True)
    assert levels(back) == ["success", "info"]
    assert re.findall(r"\b\d+\b", said(back)) == ["2", "1"], "put back, and moved by somebody since"
    assert states(wave) == ["held", "withdrawn", "pending", "pending", "listed"]
    assert secretary_client.post(undo).context["why_not"], "it is undone once"


def test_holding_needs_ticks_and_declining_a_reason(secretary_client: Client, wave: list[Endorsement]) -> None:
    ticked = f"{wave[1].pk}:listed"
    assert levels(secretary_client.post(where(wave[0]), {"action": "hold"}, follow=True)) == ["warning"]
    for odd in ({"action": "decline", "reason": "nonsense"}, {"action": "erase"}, {}):
        assert levels(secretary_client.post(where(wave[0]), {"row": ticked, **odd}, follow=True)) == ["warning"]
    assert states(wave)[1] == State.LISTED
    moderation.hold(Endorsement.objects.get(pk=wave[1].pk), by=None, now=timezone.now())
    told = said(secretary_client.post(where(wave[0]), {"action": "decline", "reason": "false", "row": ticked}, follow=True))
    assert "Pills 1" in told
    assert str(State.HELD.label) in told
    assert states(wave)[1] == State.HELD
    secretary_client.post(where(wave[0]), {"action": "hold", "row": f"{wave[3].pk}:pending"})
    assert states(wave)[3] == State.HELD


def test_editors_find_nothing_alike(editor: Any, signed_in: SignIn, wave: list[Endorsement]) -> None:
    client = signed_in(editor)
    client.post(where(wave[0]), {"action": "hold", "row": f"{wave[1].pk}:listed"})
    assert client.get(where(wave[0])).status_code == 302
    assert states(wave)[1] == State.LISTED


@pytest.mark.django_db(transaction=True)
def test_ticking_all_in_a_browser(new_page: Callable[..., Any], secretary: Any) -> None:
    page = open_declaration(person_rule="none")
    rows = [confirmed(page, PERSON, name=f"Made up {number}", email=f"m{number}@spam.example") for number in range(3)]
    screen = new_page(user=secretary)
    screen.goto(reverse("endorsement_queue:index") + f"?declaration={page.pk}")
    approve = screen.get_by_role("button", name="Approve those ticked")
    approve.click()
    screen.get_by_text("Tick the endorsements first").wait_for()
    screen.get_by_label("Tick Made up 0").check()
    approve.click()
    screen.get_by_text("1 endorsement is approved").wait_for()
    screen.get_by_text("2 others with an address at spam.example").first.click()
    screen.get_by_label("Tick all").check()
    screen.get_by_role("button", name="Decline").click()
    screen.get_by_text("3 endorsements are declined").wait_for()
    screen.get_by_text("Look again, or undo").click()
    screen.get_by_role("button", name="Undo: put 3 back").click()
    screen.get_by_text("3 endorsements are back").wait_for()
    assert states(rows) == ["listed", "confirmed", "confirmed"]
