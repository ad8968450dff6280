"""Changing a state: once, by one, with a line in the log or not at all."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.models import OutgoingMail
from core.states import MAIL_TRANSITIONS, MailState
from core.transitions import TransitionNotAllowed, transition
from tests.support.concurrency import at_once


def a_row(state: str) -> OutgoingMail:
    return OutgoingMail.objects.create(key="k", purpose="test", content=b"", give_up_at=timezone.now(), state=state)


def again(row: OutgoingMail, **more: Any) -> bool:
    return transition(row, to=MailState.WAITING, transitions=MAIL_TRANSITIONS, action="core.send_again", **more)


def test_a_move_changes_the_row_the_object_and_the_log(db: None, secretary: Any) -> None:
    row = a_row("failed")
    assert again(row, by=secretary, changes={"tries": 7}, data={"why": "asked"})
    assert (row.state, row.tries) == ("waiting", 7)
    row.refresh_from_db()
    assert (row.state, row.tries) == ("waiting", 7)
    entry = ModelLogEntry.objects.get(action="core.send_again")
    assert (entry.user, entry.data) == (secretary, {"from": "failed", "to": "waiting", "why": "asked"})


def test_moving_twice_is_once(db: None) -> None:
    row = a_row("failed")
    stale = OutgoingMail.objects.get()
    assert again(row)
    assert not again(stale, changes={"tries": 9})
    assert stale.state == "waiting"
    assert OutgoingMail.objects.get().tries == 0
    assert ModelLogEntry.objects.filter(action="core.send_again").count() == 1


@pytest.mark.parametrize("state", ["sent", "unwanted"])
def test_an_illegal_move_is_refused_whatever_the_object_in_hand_says(db: None, state: str) -> None:
    row = a_row(state)
    row.state = MailState.FAILED
    with pytest.raises(TransitionNotAllowed) as refused:
        again(row)
    assert refused.value.state == state
    assert OutgoingMail.objects.get().state == state


def test_a_row_that_is_gone_is_refused(db: None) -> None:
    row = a_row("failed")
    OutgoingMail.objects.all().delete()
    with pytest.raises(TransitionNotAllowed) as refused:
        again(row)
    assert refused.value.state is None


@pytest.mark.django_db(transaction=True)
def test_change_and_log_are_both_or_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: Any, **_options: Any) -> None:
        raise RuntimeError

    row = a_row("failed")
    monkeypatch.setattr("core.transitions.log", fails)
    with pytest.raises(RuntimeError):
        again(row)
    assert OutgoingMail.objects.get().state == "failed"
    monkeypatch.undo()
    with transaction.atomic():
        assert again(OutgoingMail.objects.get())
        transaction.set_rollback(True)
    assert not ModelLogEntry.objects.filter(action="core.send_again").exists()


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_moves_it_and_the_rest_agree() -> None:
    a_row("failed")
    assert sum(at_once(20, lambda _number: again(OutgoingMail.objects.get()))) == 1
    assert ModelLogEntry.objects.filter(action="core.send_again").count() == 1
