"""The email backend of the site: whatever Django, allauth or Wagtail sends is stored in the outbox."""

import logging
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from core.web.limits import OF_THE_SITE, Limit

from .addresses import canonical_address
from .limits import kept_back_because, limit_reached
from .queue import enqueue

logger = logging.getLogger(__name__)
PURPOSE = "site"


class OutboxBackend(BaseEmailBackend):
    """`send_mail` as usual, except that it does not wait for a mail server, and that a rolled back transaction takes its emails with it.

    Each call is an email of its own. These emails carry password links and error reports, so they are sealed. A message that a stranger
    can cause says so (`message.by_stranger`, the name of its kind) and is limited like any other; the rest, such as error reports, is
    limited for each recipient. Raises what the database raises, unless `fail_silently`: then the email is lost and the log says so.
    """

    def __init__(self, fail_silently: bool = False, **_options: Any) -> None:
        super().__init__(fail_silently=fail_silently)

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        return sum(self._store(message) for message in email_messages)

    def _store(self, message: EmailMessage) -> bool:
        try:
            limited = kept_back_because([_limit(message, address) for address in message.recipients()])
            return enqueue(message, key=f"{PURPOSE}:{uuid.uuid4().hex}", purpose=PURPOSE, sealed=True, limited=limited)
        except Exception:
            if not self.fail_silently:
                raise
            logger.exception("a mail could not be stored in the outbox and is lost")
            return False


def _limit(message: EmailMessage, address: str) -> Limit | None:
    kind = getattr(message, "by_stranger", "")
    if kind:
        return limit_reached(kind, address)
    return OF_THE_SITE if OF_THE_SITE.hit(canonical_address(address)) else None
