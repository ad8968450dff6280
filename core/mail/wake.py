"""Sends what was just written, without anybody waiting for it: a thread that lives as long as there is mail to send.

It is a convenience. Whatever it does not do (it is busy, the process ends, the machine burns), `run_due` does within the minute,
because both claim mails by the same lease. There is never more than one such thread in a process.
"""

import logging
import threading

from django.conf import settings
from django.db import connections

logger = logging.getLogger(__name__)
_guard = threading.Lock()
_running = False
_called_again = False


def wake() -> None:
    """Start the thread, or let the one that runs look once more. Returns at once. `OUTBOX_PROMPT = False` leaves it all to `run_due`."""
    global _running, _called_again  # noqa: PLW0603 — one thread per process is what this module is about
    if not settings.OUTBOX_PROMPT:
        return
    with _guard:
        if _running:
            _called_again = True
            return
        _running = True
    try:
        # Not a daemon: a process that ends in order waits for the mail in hand (bounded by the SMTP timeout), and only for that one.
        threading.Thread(target=_send, name="outbox").start()
    except BaseException:
        _running = False
        raise


def _send() -> None:
    global _running, _called_again  # noqa: PLW0603
    from .delivery import deliver

    while True:
        try:
            deliver(seconds=20, limit=50, go_on=threading.main_thread().is_alive)
        except Exception:  # a thread has nobody to tell; run_due will meet the same trouble and report it
            logger.exception("the outbox could not be emptied now; run_due tries again")
        finally:
            connections.close_all()
        with _guard:
            if not _called_again or not threading.main_thread().is_alive():
                _running = False
                return
            _called_again = False
