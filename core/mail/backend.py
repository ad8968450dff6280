"""The e-mail backend of the site: whatever Django, allauth or Wagtail sends is written into the outbox."""

import logging
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from .outbox import enqueue

logger = logging.getLogger(__name__)
PURPOSE = "site"


class OutboxBackend(BaseEmailBackend):
    """`send_mail` as ever, except that it does not wait for a mail server, and that a rolled back transaction takes its mails with it.

    Each call is a mail of its own; who wants "once each" calls `core.mail.outbox.enqueue` with a key. These mails carry password links and
    error reports, so they are sealed. Raises what a database raises, unless `fail_silently`: then the mail is lost and the log says so.
    """

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        return sum(self._store(message) for message in email_messages)

    def _store(self, message: EmailMessage) -> bool:
        try:
            return enqueue(message, key=f"{PURPOSE}:{uuid.uuid4().hex}", purpose=PURPOSE, sealed=True)
        except Exception:
            if not self.fail_silently:
                raise
            logger.exception("a mail could not be stored in the outbox and is lost")
            return False

    def __init__(self, fail_silently: bool = False, **_options: Any) -> None:
        super().__init__(fail_silently=fail_silently)
