"""The worker: claims mails one by one by lease, sends them, and stores what came of it. Any number may run at once, anywhere.

A claim is a compare-and-set that moves the mail's `due_at` to the end of the lease, under a lock that others skip (PostgreSQL) or in a
transaction that begins by writing (SQLite). So a mail whose worker was killed becomes due by itself when the lease ends. The lease must
be longer than the longest conversation with a mail server whose every answer comes within EMAIL_TIMEOUT: about a dozen answers.
No transaction and no database connection is held while the mail server takes its time.
"""

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core.due import due
from core.models import OutgoingMail
from core.states import FINISHED, ON_THE_WAY, MailState

from .outbox import is_wanted
from .transport import Failure, Line

logger = logging.getLogger(__name__)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
# After so many mails in a row that met no working mail server, the rest is left for the next run, untouched and unaged.
STRIKES = 2
_dice = secrets.SystemRandom()


def deliver(
    *, seconds: float = 30, limit: int = 500, clock: Callable[[], datetime] = timezone.now, go_on: Callable[[], bool] = lambda: True
) -> Counter[str]:
    """Send what is due, for about so many seconds and mails at most, while `go_on()`. Returns how many mails ended in which state.

    Must not be called inside a transaction: a claim that others cannot see is none. (RuntimeError.)
    """
    ended: Counter[str] = Counter()
    line, start, strikes = Line(), time.monotonic(), 0
    try:
        while strikes < STRIKES and ended.total() < limit and time.monotonic() - start < seconds and go_on():
            mail = _claim(clock())
            if mail is None:
                break
            failure = _attempt(mail, line, clock)
            ended[mail.state] += 1
            strikes = strikes + 1 if failure and failure.on_the_line else 0
    finally:
        line.close()
    return ended


def _claim(now: datetime) -> OutgoingMail | None:
    with transaction.atomic(durable=True):
        waiting = OutgoingMail.objects.filter(state__in=ON_THE_WAY, due_at__lte=now).order_by("due_at", "pk")
        mail = waiting.select_for_update(skip_locked=True).first()
        if mail is None:
            return None
        claim = {"state": MailState.SENDING, "lease": secrets.token_hex(16), "tries": mail.tries + 1, "due_at": now + lease_time()}
        taken = OutgoingMail.objects.filter(pk=mail.pk, state=mail.state, lease=mail.lease, due_at=mail.due_at).update(**claim)
        if not taken:  # only a database without either lock comes here
            return None
    for name, value in claim.items():
        setattr(mail, name, value)
    return mail


def lease_time() -> timedelta:
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def _attempt(mail: OutgoingMail, line: Line, clock: Callable[[], datetime]) -> Failure | None:
    """Send one claimed mail and store the outcome, in the row and in `mail.state`."""
    if mail.tries > settings.OUTBOX_TRIES:
        _finish(mail, MailState.FAILED, clock(), "The worker ended while sending it, again and again.")
        return None
    try:
        wanted = is_wanted(mail)
    except Exception as error:
        logger.exception("nobody could say whether mail %s is still wanted", mail.pk)
        _put_off(mail, Failure(f"{type(error).__name__} while asking whether it is still wanted"), clock())
        return None
    if not wanted:
        _finish(mail, MailState.UNWANTED, clock())
        return None
    _let_go_of_the_database()
    failure = line.send(mail)
    if failure is None:
        _finish(mail, MailState.SENT, clock())
    elif failure.final:
        _finish(mail, MailState.FAILED, clock(), failure.words)
    else:
        _put_off(mail, failure, clock())
    return failure


def _let_go_of_the_database() -> None:
    if not connection.in_atomic_block:
        connection.close()


def _put_off(mail: OutgoingMail, failure: Failure, now: datetime) -> None:
    """Wait twice as long as the last time, give or take a fifth so that a thousand mails do not come back at once; or give up."""
    if now >= mail.give_up_at or mail.tries >= settings.OUTBOX_TRIES:
        _finish(mail, MailState.FAILED, now, failure.words)
        return
    pause = min(FIRST_PAUSE * 2 ** min(mail.tries - 1, 20), LONGEST_PAUSE) * _dice.uniform(0.8, 1.2)
    _store(mail, state=MailState.WAITING, due_at=now + pause, last_error=failure.words, lease="")


def _finish(mail: OutgoingMail, state: MailState, now: datetime, words: str = "") -> None:
    erased = {"content": b""} if mail.sealed and state != MailState.FAILED else {}
    _store(mail, state=state, finished_at=now, last_error=words, lease="", **erased)
    if state == MailState.FAILED:
        logger.error("mail %s (%s) could not be sent: %s", mail.pk, mail.purpose, words)


def _store(mail: OutgoingMail, **outcome: object) -> None:
    """By compare-and-set on the lease. Stubborn, because an outcome that is not stored is a mail sent twice."""
    mine = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.SENDING, lease=mail.lease)
    for last in (False, False, True):
        try:
            if not mine.update(**outcome):
                logger.warning("mail %s was taken over before its outcome (%s) was stored", mail.pk, outcome["state"])
            break
        except DatabaseError:
            if last or connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(1)
    for name, value in outcome.items():
        setattr(mail, name, value)


@due("mail")
def send_mail_due(_now: datetime) -> str:
    """Mail that no thread sent at once: put off, left over, or written by a process that ended."""
    return ", ".join(f"{number} {state}" for state, number in sorted(deliver().items()))


@due("old mail")
def erase_old_mail(now: datetime) -> str:
    """The text of a mail is erased 30 days after its end, the rest of the row after 400 (`OUTBOX_KEEP_…` in the settings)."""
    finished = OutgoingMail.objects.filter(state__in=FINISHED)
    texts = finished.filter(finished_at__lt=now - timedelta(days=settings.OUTBOX_KEEP_TEXT_DAYS)).exclude(content=b"").update(content=b"")
    rows, _models = finished.filter(finished_at__lt=now - timedelta(days=settings.OUTBOX_KEEP_ROWS_DAYS)).delete()
    return f"{texts} texts erased, {rows} rows deleted" if texts or rows else ""
