"""The outbox against a real mail server in its moods, and with its worker killed by signal 9: nothing lost, nothing twice.

The one exception, tested too: the server took the message and we never learnt of it. Then it comes twice, with one Message-ID.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.mail.delivery import deliver
from core.mail.queue import enqueue
from core.models import OutgoingMail
from core.states import MailState
from tests.support import mail_worker
from tests.support.concurrency import at_once
from tests.support.smtp_server import Server, closed_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.begins_first]
TIMEOUT = 0.5


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    settings.OUTBOX_TRANSPORT = mail_worker.SMTP
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", TIMEOUT
    settings.EMAIL_BACKEND = "core.mail.backend.OutboxBackend"
    with Server() as server:
        settings.EMAIL_PORT = server.port
        yield server


def put(count: int = 1) -> list[str]:
    """So many mails; their Message-IDs."""
    for number in range(count):
        enqueue(
            EmailMessage("Subject", ".\n..\nText – é", "post@example.org", [f"r{number}@example.org"]), key=f"k{number}", purpose="test"
        )
    return list(OutgoingMail.objects.order_by("pk").values_list("message_id", flat=True))


def make_due() -> None:
    """As if the pause or the lease were over."""
    OutgoingMail.objects.filter(state__in=("waiting", "sending")).update(due_at=timezone.now())


def states() -> Counter[str]:
    return Counter(OutgoingMail.objects.values_list("state", flat=True))


def test_a_healthy_server_takes_each_mail_once_over_one_line(server: Server) -> None:
    ids = put(5)
    assert deliver() == {"sent": 5}
    assert [message_id for _to, message_id in server.taken()] == ids
    assert server.calls() == 1


@pytest.mark.parametrize("mood", ["temporary", "busy", "hang", "swallow", "drop-before"])
def test_what_fails_for_now_is_sent_once_the_server_recovers(server: Server, mood: str) -> None:
    ids = put()
    server.mood = mood
    assert deliver() == {"waiting": 1}
    assert OutgoingMail.objects.get().last_error
    assert deliver() == {}
    server.mood = "accept"
    make_due()
    assert deliver() == {"sent": 1}
    assert server.taken() == [("r0@example.org", ids[0])]


@pytest.mark.parametrize(("mood", "words"), [("permanent", "550 no such mailbox"), ("policy", "554 we do not like this")])
def test_what_fails_for_good_is_not_tried_again(server: Server, mood: str, words: str) -> None:
    put()
    server.mood = mood
    assert deliver() == {"failed": 1}
    make_due()
    server.mood = "accept"
    assert deliver() == {}
    assert server.taken() == []
    assert OutgoingMail.objects.get().last_error == words


def test_a_refused_recipient_does_not_spoil_the_line_for_the_next(server: Server) -> None:
    put(3)
    server.mood = "permanent"
    assert deliver() == {"failed": 3}
    assert server.calls() == 1


def test_nobody_listening(server: Server, settings: Any) -> None:
    settings.EMAIL_PORT = closed_port()
    put(5)
    assert deliver() == {"waiting": 2}
    settings.EMAIL_PORT = server.port
    make_due()
    assert deliver() == {"sent": 5}
    assert len(set(server.taken())) == len(server.taken()) == 5


def test_a_line_that_broke_after_acceptance_is_the_one_case_of_twice(server: Server) -> None:
    ids = put()
    server.mood = "once-dropped"
    assert deliver() == {"waiting": 1}
    make_due()
    assert deliver() == {"sent": 1}
    assert server.taken() == [("r0@example.org", ids[0])] * 2


def test_trouble_in_leaving_is_no_trouble_in_sending(server: Server) -> None:
    put(2)
    server.mood = "no-goodbye"
    assert deliver() == {"sent": 2}
    make_due()
    assert deliver() == {}
    assert len(server.taken()) == 2


def test_a_hanging_server_costs_a_run_two_timeouts(server: Server) -> None:
    put(20)
    server.mood = "hang"
    start = time.monotonic()
    assert deliver() == {"waiting": 2}
    assert time.monotonic() - start < 4 * TIMEOUT + 1
    assert states() == {"waiting": 20}


# Several workers, and dead ones


def test_three_processes_send_each_mail_once(server: Server) -> None:
    put(60)
    workers = [mail_worker.start(EMAIL_PORT=server.port) for _worker in range(3)]
    reports = [worker.communicate(timeout=60) for worker in workers]
    assert all(worker.returncode == 0 for worker in workers), reports
    assert sum(json.loads(said).get("sent", 0) for said, _errors in reports) == 60
    assert Counter(to for to, _id in server.taken()) == {f"r{number}@example.org": 1 for number in range(60)}
    assert states() == {"sent": 60}


def test_eight_threads_send_each_mail_once(server: Server) -> None:
    put(40)
    assert sum(ended["sent"] for ended in at_once(8, lambda _number: deliver())) == 40
    assert Counter(to for to, _id in server.taken()) == {f"r{number}@example.org": 1 for number in range(40)}


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(server: Server) -> None:
    put(4)
    server.mood = "swallow"
    worker = mail_worker.start(EMAIL_PORT=server.port, EMAIL_TIMEOUT=30)
    server.wait_for("swallowed.txt", 40)
    worker.kill()
    worker.communicate()
    assert states() == {"sending": 1, "waiting": 3}
    server.mood = "accept"
    assert deliver() == {"sent": 3}
    assert states() == {"sending": 1, "sent": 3}  # the lease protects what a live worker may still be sending
    in_time = OutgoingMail.objects.get(state="sending").due_at
    assert timezone.now() < in_time <= timezone.now() + timedelta(seconds=300)
    assert deliver(clock=lambda: in_time) == {"sent": 1}
    assert Counter(to for to, _id in server.taken()) == {f"r{number}@example.org": 1 for number in range(4)}


def test_a_worker_killed_after_acceptance_sends_again_with_the_same_id(server: Server) -> None:
    ids = put()
    server.mood = "stall"
    worker = mail_worker.start(EMAIL_PORT=server.port, EMAIL_TIMEOUT=30)
    server.wait_for("taken.txt", 40)
    worker.kill()
    worker.communicate()
    server.mood = "accept"
    make_due()
    assert deliver() == {"sent": 1}
    assert server.taken() == [("r0@example.org", ids[0])] * 2


# At once


def wait_for_the_thread() -> None:
    for thread in threading.enumerate():
        if thread.name == "outbox":
            thread.join(20)
            assert not thread.is_alive()


def ask_for_a_new_password(user: Any) -> float:
    """How long the visitor waited for the page."""
    client, start = Client(), time.monotonic()
    answer = client.post(reverse("account_reset_password"), {"email": user.email})
    took = time.monotonic() - start
    assert answer.status_code == 302
    return took


def test_a_password_link_leaves_at_once(server: Server, settings: Any, editor: Any) -> None:
    settings.OUTBOX_PROMPT = True
    ask_for_a_new_password(editor)
    wait_for_the_thread()
    assert [to for to, _id in server.taken()] == [editor.email]
    row = OutgoingMail.objects.get()
    assert (row.state, bytes(row.content)) == (MailState.SENT, b"")


def test_a_visitor_does_not_wait_for_a_hanging_server(server: Server, settings: Any, editor: Any) -> None:
    settings.OUTBOX_PROMPT, settings.EMAIL_TIMEOUT = True, 2
    ask_for_a_new_password(editor)  # once, for what a first request loads
    wait_for_the_thread()
    healthy = ask_for_a_new_password(editor)
    wait_for_the_thread()
    server.mood = "hang"
    hanging = ask_for_a_new_password(editor)
    assert hanging < healthy + 1
    wait_for_the_thread()
    assert states()["waiting"] == 1


def test_the_thread_is_one_and_sends_what_was_written_meanwhile(server: Server, settings: Any) -> None:
    settings.OUTBOX_PROMPT = True
    at_once(
        8, lambda number: enqueue(EmailMessage("S", "T", "a@example.org", [f"r{number}@example.org"]), key=f"k{number}", purpose="test")
    )
    assert sum(thread.name == "outbox" for thread in threading.enumerate()) <= 1
    wait_for_the_thread()
    assert states() == {"sent": 8}
