"""Links in mails: opened as often as you like until they expire, known only to their holder."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.links import tokens
from core.models import MailedLink

WEEK = timedelta(days=7)


def make(**more: object) -> str:
    return tokens.make(**{"purpose": "confirm", "subject": "endorsement:1", "lifetime": WEEK, **more})  # type: ignore[arg-type]


def test_the_database_does_not_hold_the_token(db: None) -> None:
    token = make()
    assert len(token) == 43
    assert not any(token in str(value) for value in MailedLink.objects.values_list()[0])


def test_opening_changes_nothing(db: None) -> None:
    token = make()
    before = list(MailedLink.objects.values())
    for _scanner in range(3):
        link = tokens.find(token, "confirm")
        assert link
        assert link.subject == "endorsement:1"
        assert tokens.is_live(link)
    assert list(MailedLink.objects.values()) == before


def test_an_expired_link_is_known_and_dead(db: None) -> None:
    token = make(lifetime=timedelta(seconds=-1))
    link = tokens.find(token, "confirm")
    assert link
    assert not tokens.is_live(link)


def test_a_link_serves_only_its_purpose(db: None) -> None:
    token = make()
    assert tokens.find(token, "withdraw") is None
    assert tokens.find(token, "confirm")


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 10_000, "é" * 43, "a\0" + "x" * 41, "' OR 1=1 --"])
def test_what_is_no_token_finds_nothing(db: None, token: str) -> None:
    make()
    assert tokens.find(token, "confirm") is None


def test_revoked_links_are_unknown(db: None) -> None:
    token, other = make(), make(subject="endorsement:2")
    assert tokens.revoke(purpose="confirm", subject="endorsement:1") == 1
    assert tokens.find(token, "confirm") is None
    assert tokens.find(other, "confirm")


def test_old_links_are_deleted(db: None) -> None:
    make()
    assert tokens.delete_old_links(timezone.now() + WEEK + timedelta(days=89)) == ""
    assert tokens.delete_old_links(timezone.now() + WEEK + timedelta(days=91)) == "1 deleted"
