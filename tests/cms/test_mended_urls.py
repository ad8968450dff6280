"""URLs as mail programs and sentences damage them."""

from typing import Any

import pytest
from django.test import Client

from endorsements.states import State
from tests.support.applying import base_of
from tests.support.declarations import open_declaration
from tests.support.endorsing import press, waiting
from tests.support.members import draft

pytestmark = pytest.mark.one_database

DAMAGE = (")", ">", ",", "%20", "/", "//", ".", ");", "%3E", "/)", "/%3E,", "/%20", "*", '"', "'", "…", "%E2%80%8B", "&gt;", "/.", "%0A")
MISSING = ("/goals/x/", "/goals-/", "/endorsements/confirm/)", "/news/2020/13/)", "/goals/%00", "/endorsements/confirm/", "/x/)")


def opened(address: str) -> Any:
    return Client().get(address, follow=True)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_link_from_an_email_opens(damage: str, home: Any) -> None:
    endorsement, link = waiting(open_declaration())
    application = base_of(draft())
    for address in (link, application):
        answer = opened(address.rstrip("/") + damage)
        assert answer.status_code == 200
        assert answer.request["PATH_INFO"] == address
    assert opened(f"http://testserver/{link}").status_code == 200
    press(opened(link.rstrip("/") + damage).request["PATH_INFO"])
    endorsement.refresh_from_db()
    assert endorsement.state != State.PENDING


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("address", ["/goals/", "/feeds/all.rss", "/members/"])
def test_a_damaged_public_address_opens(address: str, damage: str, home: Any) -> None:
    answer = opened(address.rstrip("/") + damage)
    assert (answer.status_code, answer.request["PATH_INFO"]) == (200, address)


@pytest.mark.parametrize("address", MISSING)
def test_what_does_not_exist_is_not_found(address: str, home: Any) -> None:
    assert opened(address).status_code in (400, 404)


def test_an_unknown_link_offers_a_new_one_however_it_ends(home: Any) -> None:
    answer = opened(f"/endorsements/confirm/{'x' * 43})")
    assert answer.status_code == 404
    assert answer.request["PATH_INFO"] == f"/endorsements/confirm/{'x' * 43}/"
