"""The email backend of the site: whatever Django, allauth or Wagtail sends is stored in the outbox."""

import logging
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from .queue import enqueue

logger = logging.getLogger(__name__)
PURPOSE = "site"


class OutboxBackend(BaseEmailBackend):
    """`send_mail` as usual, except that it does not wait for a mail server, and that a rolled back transaction takes its emails with it.

    Each call is an email of its own. These emails carry password links and error reports, so they are sealed. Raises what the database
    raises, unless `fail_silently`: then the email is lost and the log says so.
    """

    def __init__(self, fail_silently: bool = False, **_options: Any) -> None:
        super().__init__(fail_silently=fail_silently)

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
