"""The line to the mail server: one message at a time, and what its answers mean."""

import contextlib
import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import get_connection

from core.models import OutgoingMail

from .message import StoredMessage

TOO_LARGE = 552


@dataclass(frozen=True)
class Failure:
    """Why a mail did not go. `final`: trying again is useless. `on_the_line`: the next mail would meet the same."""

    words: str
    final: bool = False
    on_the_line: bool = False


class Line:
    """A connection of the backend named by OUTBOX_TRANSPORT, opened when needed and kept for the next mail."""

    def __init__(self) -> None:
        self._backend = get_connection(settings.OUTBOX_TRANSPORT)
        self._open = False

    def send(self, mail: OutgoingMail) -> Failure | None:
        """Hand a mail over; None when the server took it. Every answer of the server is waited for no longer than EMAIL_TIMEOUT."""
        try:
            if not self._open:
                # Opened here, because a backend that opens for itself also closes, and its trouble in closing looks like one in sending.
                self._backend.open()
                self._open = True
            if not self._backend.send_messages([StoredMessage(mail)]):
                return Failure("the transport took no mail")
        except Exception as error:  # whatever a backend raises, the mail must be put off, not lost
            failure = meaning(error)
            if failure.on_the_line:
                self.close()
            return failure
        return None

    def close(self) -> None:
        """Whatever the server makes of our leaving, what it took it took."""
        self._open = False
        with contextlib.suppress(Exception):
            self._backend.close()
        self._backend = get_connection(settings.OUTBOX_TRANSPORT)


def meaning(error: Exception) -> Failure:
    """What an error of smtplib says of this mail and of the next (RFC 5321, 4.2.1: 4xx is for now, 5xx is for good).

    A 5xx about the recipient or the message is final. One about us (greeting, sign-in, sender) is for somebody here to repair, so the
    mail waits. 421 is the server leaving.
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, words = next(iter(error.recipients.values()), (0, b""))
            return Failure(_said(code, words), final=code >= 500, on_the_line=code == 421)
        case smtplib.SMTPSenderRefused():
            too_large = error.smtp_code == TOO_LARGE
            return Failure(_said(error.smtp_code, error.smtp_error), final=too_large, on_the_line=not too_large)
        case smtplib.SMTPDataError():
            return Failure(_said(error.smtp_code, error.smtp_error), final=error.smtp_code >= 500, on_the_line=error.smtp_code == 421)
        case smtplib.SMTPResponseException():
            return Failure(_said(error.smtp_code, error.smtp_error), on_the_line=True)
        case UnicodeError() | smtplib.SMTPNotSupportedError():
            return Failure(_words(error), final=True)
        case OSError():  # refused, timed out, disconnected; smtplib's own errors are OSErrors too
            return Failure(_words(error), on_the_line=True)
        case _:
            return Failure(_words(error))


def _said(code: int, words: bytes | str) -> str:
    return _clean(f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}")


def _words(error: Exception) -> str:
    return _clean(f"{type(error).__name__}: {error}")


def _clean(words: str) -> str:
    return words.replace("\0", "")[:500]
