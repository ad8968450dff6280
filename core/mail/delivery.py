"""The worker: claims waiting emails one by one by lease, sends each and records the outcome. Any number may run at once, anywhere.

A claim is a compare-and-set that moves the email's `due_at` to the end of the lease, under a lock that others skip (PostgreSQL) or in a
transaction that begins by writing (SQLite). If the worker is killed, the email is due again when the lease ends. The lease must be
longer than the longest conversation with a mail server whose every answer comes within EMAIL_TIMEOUT: about a dozen answers.
No transaction and no database connection is held while the mail server takes its time.
"""

import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from core.due import due
from core.models import OutgoingMail
from core.states import FINISHED, ON_THE_WAY, MailState

from .message import Failure, Server
from .suppression import is_suppressed, refuses_strangers
from .templates import template_of

logger = logging.getLogger(__name__)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
# After so many emails in a row that met no working mail server, the rest waits for the next run and loses no try.
MOST_SERVER_FAILURES = 2
_random = secrets.SystemRandom()


# Still wanted?


Check = Callable[[OutgoingMail], bool]
_checks: dict[str, Check] = {}


def still_wanted(purpose: str) -> Callable[[Check], Check]:
    """Register the question asked right before an email of this purpose is sent. If False, the email is marked unwanted and never sent.

    The check finds its row by `mail.about`. It runs in the worker, outside any transaction. If it raises, the email waits and the check
    is repeated later. Whether the address is suppressed meanwhile is always asked first, here.
    """

    def register(check: Check) -> Check:
        _checks[purpose] = check
        return check

    return register


def is_wanted(mail: OutgoingMail) -> bool:
    template = template_of(mail.purpose)
    if template and not template.to_colleagues and (refuses_strangers if template.by_stranger else is_suppressed)(mail.recipient):
        return False
    check = _checks.get(mail.purpose)
    return check is None or check(mail)


# Sending


def deliver(
    *, seconds: float = 30, limit: int = 500, clock: Callable[[], datetime] = timezone.now, go_on: Callable[[], bool] = lambda: True
) -> Counter[str]:
    """Send what is due, for about so many seconds and emails at most, while `go_on()`. Returns how many ended in which state.

    Raises RuntimeError inside a transaction: a claim must be visible to others at once.
    """
    ended: Counter[str] = Counter()
    server, start, server_failures = Server(), time.monotonic(), 0
    try:
        while server_failures < MOST_SERVER_FAILURES and ended.total() < limit and time.monotonic() - start < seconds and go_on():
            mail = _claim(clock())
            if mail is None:
                break
            failure = _attempt(mail, server, clock)
            ended[mail.state] += 1
            server_failures = server_failures + 1 if failure and failure.of_server else 0
    finally:
        server.close()
    return ended


def _claim(now: datetime) -> OutgoingMail | None:
    with transaction.atomic(durable=True):
        waiting = OutgoingMail.objects.filter(state__in=ON_THE_WAY, due_at__lte=now).order_by("due_at", "pk")
        mail = waiting.select_for_update(skip_locked=True).first()
        if mail is None:
            return None
        claim = {"state": MailState.SENDING, "lease": secrets.token_hex(16), "tries": mail.tries + 1, "due_at": now + lease_time()}
        taken = OutgoingMail.objects.filter(pk=mail.pk, state=mail.state, lease=mail.lease, due_at=mail.due_at).update(**claim)
        if not taken:  # only on a database without either lock
            return None
    for name, value in claim.items():
        setattr(mail, name, value)
    return mail


def lease_time() -> timedelta:
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def _attempt(mail: OutgoingMail, server: Server, clock: Callable[[], datetime]) -> Failure | None:
    """Send one claimed email and record the outcome, in the row and in `mail.state`."""
    if mail.tries > settings.OUTBOX_TRIES:
        _finish(mail, MailState.FAILED, clock(), "The worker ended while sending it, again and again.")
        return None
    try:
        wanted = is_wanted(mail)
    except Exception as error:
        logger.exception("the check whether mail %s is still wanted failed", mail.pk)
        _put_off(mail, Failure(f"{type(error).__name__} while asking whether it is still wanted"), clock())
        return None
    if not wanted:
        _finish(mail, MailState.UNWANTED, clock())
        return None
    if not connection.in_atomic_block:
        connection.close()
    failure = server.send(mail)
    if failure is None:
        _finish(mail, MailState.SENT, clock())
    elif failure.final:
        _finish(mail, MailState.FAILED, clock(), failure.error)
    else:
        _put_off(mail, failure, clock())
    return failure


def _put_off(mail: OutgoingMail, failure: Failure, now: datetime) -> None:
    """Wait twice as long as last time, give or take a fifth so that a thousand emails do not come back at once; or give up."""
    if now >= mail.give_up_at or mail.tries >= settings.OUTBOX_TRIES:
        _finish(mail, MailState.FAILED, now, failure.error)
        return
    pause = min(FIRST_PAUSE * 2 ** min(mail.tries - 1, 20), LONGEST_PAUSE) * _random.uniform(0.8, 1.2)
    _record(mail, state=MailState.WAITING, due_at=now + pause, last_error=failure.error, lease="")


def _finish(mail: OutgoingMail, state: MailState, now: datetime, error: str = "") -> None:
    erased = {"content": b""} if mail.sealed and state != MailState.FAILED else {}
    _record(mail, state=state, finished_at=now, last_error=error, lease="", **erased)
    if state == MailState.FAILED:
        logger.error("mail %s (%s) could not be sent: %s", mail.pk, mail.purpose, error)


def _record(mail: OutgoingMail, **outcome: object) -> None:
    """Store the outcome, if the lease is still ours. Tries three times, because an outcome that is not stored is an email sent twice."""
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


# The thread that sends at once. A convenience: what it leaves undone (it is busy, the process ends), `run_due` does within the minute,
# because both claim by the same lease. A process never has more than one.


_guard = threading.Lock()
_is_running = False
_look_again = False


def wake() -> None:
    """Start the thread, or let the running one look once more. Returns at once. `OUTBOX_PROMPT = False` leaves it all to `run_due`."""
    global _is_running, _look_again  # noqa: PLW0603 — one thread per process is the purpose
    if not settings.OUTBOX_PROMPT:
        return
    with _guard:
        if _is_running:
            _look_again = True
            return
        _is_running = True
    try:
        # Not a daemon: a process that ends in order waits for the email in hand (bounded by the SMTP timeout), and only for that one.
        threading.Thread(target=_send_at_once, name="outbox").start()
    except BaseException:
        _is_running = False
        raise


def _send_at_once() -> None:
    global _is_running, _look_again  # noqa: PLW0603
    while True:
        try:
            deliver(seconds=20, limit=50, go_on=threading.main_thread().is_alive)
        except Exception:  # run_due will meet the same error and report it
            logger.exception("the outbox could not be emptied now; run_due tries again")
        finally:
            connections.close_all()
        with _guard:
            if not _look_again or not threading.main_thread().is_alive():
                _is_running = False
                return
            _look_again = False


# Scheduled


@due("mail")
def send_mail_due(_now: datetime) -> str:
    """Send what no thread sent at once: emails put off, left over, or written by a process that ended."""
    return ", ".join(f"{number} {state}" for state, number in sorted(deliver().items()))


@due("old mail")
def erase_old_mail(now: datetime) -> str:
    """Erase the text of an email 30 days after its end, and the rest of the row after 400 (`OUTBOX_KEEP_…` in the settings)."""
    finished = OutgoingMail.objects.filter(state__in=FINISHED)
    texts = finished.filter(finished_at__lt=now - timedelta(days=settings.OUTBOX_KEEP_TEXT_DAYS)).exclude(content=b"").update(content=b"")
    rows, _models = finished.filter(finished_at__lt=now - timedelta(days=settings.OUTBOX_KEEP_ROWS_DAYS)).delete()
    return f"{texts} texts erased, {rows} rows deleted" if texts or rows else ""
