"""The outbox: written with the change, idempotent by key, asked again before sending, erased in time, visible to the secretariat."""

import smtplib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage, mail_admins, send_mail
from django.core.mail.message import BadHeaderError
from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.mail import delivery
from core.mail.delivery import deliver, erase_old_mail
from core.mail.message import Failure, failure_of
from core.mail.queue import enqueue, forget
from core.models import OutgoingMail
from core.states import MailState
from tests.support.concurrency import at_once
from tests.support.emails import a_mail, put

ours = pytest.mark.django_db
committing = pytest.mark.django_db(transaction=True)


@pytest.fixture
def through_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "core.mail.backend.OutboxBackend"


@pytest.fixture
def asked() -> Iterator[Callable[..., None]]:
    """`asked(check)` registers it for mails of purpose "asked"."""
    yield delivery.still_wanted("asked")
    delivery._checks.pop("asked", None)


class Broken:
    """A transport whose every word is an error."""

    error: Exception = smtplib.SMTPServerDisconnected("gone")

    def __init__(self, *_args: Any, **_options: Any) -> None: ...
    def open(self) -> None: ...
    def close(self) -> None: ...
    def send_messages(self, _messages: Any) -> int:
        raise self.error


@pytest.fixture
def broken(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    def breaks(error: Exception) -> None:
        settings.OUTBOX_TRANSPORT = "tests.core.mail.test_outbox.Broken"
        monkeypatch.setattr(Broken, "error", error)

    return breaks


# Writing


@ours
def test_what_is_written_is_what_is_sent() -> None:
    message = a_mail(cc=["Boris <boris@example.org>"], bcc=["ada@example.org", "hidden@example.org"], reply_to=["answer@example.org"])
    assert enqueue(message, key="k", purpose="test")
    assert "Message-ID" not in message.extra_headers
    assert deliver() == {"sent": 3}
    assert [sent.recipients() for sent in mail.outbox] == [["ada@example.org"], ["boris@example.org"], ["hidden@example.org"]]
    first: Any = mail.outbox[0]
    assert (first.subject, first.body, first.from_email) == ("Grüße", message.body, "post@example.org")
    assert "alert(1)" in first.alternatives[0].content
    raw = first.message().as_bytes(linesep="\r\n")
    assert b"To: ada@example.org\r\nCc: Boris <boris@example.org>\r\nReply-To: answer@example.org" in raw
    assert b"hidden@" not in raw
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert len({sent.message()["Message-ID"] for sent in mail.outbox}) == 1
    assert raw.count(b"Message-ID: <") == 1


@ours
def test_a_key_is_taken_once() -> None:
    assert enqueue(a_mail(), key="k", purpose="test")
    assert not enqueue(a_mail(subject="other", to="eve@example.org", cc=["more@example.org"]), key="k", purpose="test")
    assert not enqueue(EmailMessage("to nobody"), key="n", purpose="test")
    assert [row.recipient for row in OutgoingMail.objects.all()] == ["ada@example.org"]


@committing
def test_fifty_at_once_with_one_key_leave_one_row_and_one_mail() -> None:
    stored = at_once(50, lambda _number: enqueue(a_mail(cc=["boris@example.org"]), key="k", purpose="test"))
    assert stored.count(True) == 1
    assert OutgoingMail.objects.count() == 2
    assert sum(ended["sent"] for ended in at_once(8, lambda _number: deliver())) == 2
    assert sorted(sent.to[0] for sent in mail.outbox) == ["ada@example.org", "boris@example.org"]


@committing
def test_a_rolled_back_change_takes_its_mail_with_it(through_the_outbox: None) -> None:
    with transaction.atomic():
        send_mail("a", "b", None, ["ada@example.org"])
        assert enqueue(a_mail(), key="k", purpose="test")
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()


@committing
def test_delivering_inside_a_transaction_is_refused() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        deliver()


@ours
@pytest.mark.parametrize("subject", ["two\nlines", "nul\0byte"])
def test_a_header_that_no_mail_can_have_is_refused(subject: str) -> None:
    with pytest.raises(BadHeaderError):
        enqueue(a_mail(subject=subject), key="k", purpose="test")
    assert not OutgoingMail.objects.exists()


@ours
def test_an_address_that_is_none_is_refused() -> None:
    for address in ("no address", "a@b\nBcc: c@d", "a@b.org, c@d.org", "@"):
        with pytest.raises(ValueError, match=r"(?i)address|parsed|newlines"):
            enqueue(a_mail(to=address), key="k", purpose="test")
    assert not OutgoingMail.objects.exists()


@ours
def test_long_and_foreign_things_fit() -> None:
    message = a_mail(to="Ж <ada@bücher.example>", subject="x" * 2000)
    message.attach("pixel.bin", bytes(range(256)) * 4000, "application/octet-stream")
    assert enqueue(message, key="k" * 200, purpose="test")
    assert deliver() == {"sent": 1}
    assert mail.outbox[0].to == ["ada@xn--bcher-kva.example"]


# The backend


@ours
def test_each_send_mail_is_a_sealed_mail_of_its_own(through_the_outbox: None, settings: Any) -> None:
    settings.ADMINS = [("Ops", "ops@example.org")]
    assert [send_mail("a", "b", None, ["ada@example.org"]) for _time in range(2)] == [1, 1]
    mail_admins("Error", "text", html_message="<p>text</p>")
    assert OutgoingMail.objects.filter(sealed=True, state="waiting", purpose="site").count() == 3
    assert mail.outbox == []
    assert deliver() == {"sent": 3}
    assert len(mail.outbox) == 3
    assert not OutgoingMail.objects.exclude(content=b"").exists()


@ours
def test_a_failing_database_is_told_unless_the_caller_wants_silence(through_the_outbox: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: Any, **_options: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("core.mail.backend.enqueue", fails)
    with pytest.raises(RuntimeError):
        send_mail("a", "b", None, ["ada@example.org"])
    assert send_mail("a", "b", None, ["ada@example.org"], fail_silently=True) == 0


# Asking again


@ours
def test_a_mail_that_is_no_longer_wanted_is_marked_and_not_sent(asked: Callable[..., Any]) -> None:
    asked(lambda row: row.about == "yes")
    put("wanted", "asked", about="yes")
    put("unwanted", "asked", about="no")
    assert deliver() == {"sent": 1, "unwanted": 1}
    assert OutgoingMail.objects.get(key="unwanted").state == MailState.UNWANTED
    assert deliver() == {}


@ours
def test_a_check_that_breaks_delays_its_mail_and_no_other(asked: Callable[..., Any]) -> None:
    asked(lambda row: 1 / 0)
    put("breaks", "asked")
    put("other")
    assert deliver() == {"waiting": 1, "sent": 1}
    assert "ZeroDivisionError" in OutgoingMail.objects.get(key="breaks").last_error


# Failing


def refused(code: int) -> Exception:
    return smtplib.SMTPRecipientsRefused({"ada@example.org": (code, b"said \xff no")})


@pytest.mark.parametrize(
    ("error", "final", "of_server"),
    [
        (refused(550), True, False),
        (refused(450), False, False),
        (refused(421), False, True),
        (smtplib.SMTPDataError(554, b"policy"), True, False),
        (smtplib.SMTPDataError(451, b"later"), False, False),
        (smtplib.SMTPSenderRefused(550, b"who are you", "post@example.org"), False, True),
        (smtplib.SMTPSenderRefused(552, b"too large", "post@example.org"), True, False),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), False, True),
        (smtplib.SMTPConnectError(554, b"no service"), False, True),
        (smtplib.SMTPServerDisconnected("gone"), False, True),
        (ConnectionRefusedError(111, "refused"), False, True),
        (TimeoutError("timed out"), False, True),
        (smtplib.SMTPNotSupportedError("SMTPUTF8"), True, False),
        (KeyError("a bug"), False, False),
    ],
)
def test_what_an_error_means(error: Exception, final: bool, of_server: bool) -> None:
    assert failure_of(error) == Failure(failure_of(error).error, final, of_server)
    assert failure_of(error).error.isprintable()


@ours
def test_pauses_double_with_a_jitter_and_end_visibly(broken: Callable[[Exception], None], caplog: Any) -> None:
    broken(refused(450))
    row, now, pauses = put(), timezone.now(), []
    for _try in range(100):
        deliver(clock=lambda at=now: at)
        row.refresh_from_db()
        if row.state != MailState.WAITING:
            break
        pauses.append((row.due_at - now).total_seconds())
        now = row.due_at
    assert row.state == MailState.FAILED
    assert "450 said" in row.last_error
    assert 0.8 * 60 <= pauses[0] <= 1.2 * 60
    assert all(pause <= 1.2 * 4 * 3600 for pause in pauses)
    assert pauses[5] > 5 * pauses[0]
    assert timedelta(days=3) <= now - row.created_at <= timedelta(days=3, hours=5)
    assert "could not be sent" in caplog.text


@ours
def test_weeks_without_a_run_do_not_end_a_mail_untried() -> None:
    put()
    later = timezone.now() + timedelta(days=30)
    assert deliver(clock=lambda: later) == {"sent": 1}


@ours
def test_a_final_refusal_ends_at_once(broken: Callable[[Exception], None]) -> None:
    broken(refused(550))
    row = put()
    assert deliver() == {"failed": 1}
    row.refresh_from_db()
    assert (row.tries, row.state) == (1, MailState.FAILED)


@ours
def test_a_dead_line_is_not_tried_with_every_mail(broken: Callable[[Exception], None]) -> None:
    broken(ConnectionRefusedError())
    for number in range(10):
        put(f"k{number}")
    assert deliver() == {"waiting": 2}
    assert OutgoingMail.objects.filter(tries=0).count() == 8


@ours
def test_a_process_that_is_ending_begins_no_mail() -> None:
    put()
    assert deliver(go_on=lambda: False) == {}
    assert OutgoingMail.objects.get().tries == 0


@ours
def test_a_mail_that_kills_its_workers_is_given_up(settings: Any) -> None:
    put()
    OutgoingMail.objects.update(state=MailState.SENDING, lease="dead", tries=settings.OUTBOX_TRIES)
    assert deliver() == {"failed": 1}
    assert mail.outbox == []


@ours
def test_a_worker_that_was_slower_than_its_lease_stores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    row = put()
    slow = delivery._claim(timezone.now())
    assert slow
    OutgoingMail.objects.update(due_at=timezone.now())
    assert deliver() == {"sent": 1}
    delivery._put_off(slow, Failure("too late"), timezone.now())
    row.refresh_from_db()
    assert (row.state, row.last_error) == (MailState.SENT, "")


@committing
def test_an_outcome_is_stored_even_if_the_database_stumbles(monkeypatch: pytest.MonkeyPatch) -> None:
    put()
    update, stumbles = QuerySet.update, iter((True, True))

    def stumbling(rows: QuerySet[Any], **values: Any) -> int:
        if values.get("state") == MailState.SENT and next(stumbles, False):
            raise OperationalError("database is locked")
        return int(update(rows, **values))

    monkeypatch.setattr(QuerySet, "update", stumbling)
    monkeypatch.setattr(delivery.time, "sleep", lambda _seconds: None)
    assert deliver() == {"sent": 1}
    assert OutgoingMail.objects.get().state == MailState.SENT


# The end of personal data


@ours
def test_texts_and_rows_have_an_end(settings: Any) -> None:
    put("sent")
    deliver()
    put("waiting", not_before=timezone.now() + timedelta(days=500))
    now = timezone.now()
    assert erase_old_mail(now + timedelta(days=29)) == ""
    assert erase_old_mail(now + timedelta(days=31)) == "1 texts erased, 0 rows deleted"
    assert OutgoingMail.objects.get(key="sent").content == b""
    assert erase_old_mail(now + timedelta(days=401)) == "0 texts erased, 1 rows deleted"
    assert OutgoingMail.objects.get().key == "waiting"


@ours
def test_a_person_can_be_forgotten() -> None:
    put("sent")
    deliver()
    put("waiting")
    assert enqueue(a_mail(to="eve@example.org"), key="other", purpose="test")
    assert forget("ADA@example.org") == 2
    assert deliver() == {"sent": 1}
    erased = OutgoingMail.objects.exclude(key="other")
    assert set(erased.values_list("recipient", "subject", "state")) == {("", "", "sent"), ("", "", "unwanted")}
    assert not enqueue(a_mail(), key="sent", purpose="test")


@ours
def test_who_is_forgotten_while_a_mail_is_being_sent_stays_forgotten() -> None:
    row = put()
    in_hand = delivery._claim(timezone.now())
    assert in_hand
    forget("ada@example.org")
    delivery._put_off(in_hand, Failure("550 ada@example.org unknown"), timezone.now())
    row.refresh_from_db()
    assert (row.state, row.recipient, row.last_error, row.content) == (MailState.UNWANTED, "", "", b"")
