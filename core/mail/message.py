"""A stored email as Django's backends want it, as a colleague may read it, and the connection that hands it to the mail server."""

import contextlib
import re
import smtplib
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from email.message import Message
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from core.models import OutgoingMail

LINK = re.compile(r"\b(https?://[^/?#&\s\"'<>]+)[^\s\"'<>]*", re.IGNORECASE)
TOO_LARGE = 552  # RFC 5321, 4.2.3: the message exceeds the storage of the mailbox


# As Django's backends want it


class Verbatim(Message):
    """A message that is written out exactly as it was stored, except for its line ends."""

    stored = b""

    def as_bytes(self, unixfrom: bool = False, policy: Any = None, linesep: str = "\n") -> bytes:
        return linesep.encode().join(self.stored.splitlines()) + linesep.encode()


class StoredMessage(EmailMultiAlternatives):
    """A stored email, to its one recipient whatever its headers say: each recipient has a row, and so a delivery, of their own."""

    def __init__(self, mail: OutgoingMail) -> None:
        self._stored = bytes(mail.content)
        self._recipient = mail.recipient
        text, html = _bodies(self._stored)
        super().__init__(
            subject=mail.subject, body=text, from_email=mail.sender, to=[mail.recipient], headers={"Message-ID": mail.message_id}
        )
        if html:
            self.attach_alternative(html, "text/html")

    def recipients(self) -> list[str]:
        return [self._recipient]

    def message(self, **_policy: Any) -> Any:
        message = message_from_bytes(self._stored, _class=Verbatim)
        message.stored = self._stored
        return message


# As a colleague may read it


@dataclass(frozen=True)
class Preview:
    """The text of an email, with every link cut after its host: a reader in the admin must not be able to act for the recipient."""

    text: str
    html: str


def preview(mail: OutgoingMail) -> Preview | None:
    """The preview of a stored email; None if it is sealed or its text has been erased."""
    if mail.sealed or not mail.content:
        return None
    return Preview(*map(_without_links, _bodies(bytes(mail.content))))


def preview_of(message: EmailMultiAlternatives) -> Preview:
    """The preview of an email that is not stored."""
    html = next((str(content) for content, kind in message.alternatives if kind == "text/html"), "")
    return Preview(_without_links(str(message.body)), _without_links(html))


def _without_links(text: str) -> str:
    return LINK.sub(r"\1/…", text)


def _bodies(stored: bytes) -> tuple[str, str]:
    """The plain text and the HTML, each empty if there is none."""
    message = message_from_bytes(stored, _class=ParsedMessage, policy=policy.default)
    parts = (message.get_body(preferencelist=(kind,)) for kind in ("plain", "html"))
    text, html = (_content(part) if part else "" for part in parts)
    return text, html


def _content(part: Any) -> str:
    try:
        return str(part.get_content())
    except LookupError:  # an encoding that Python does not know; the message is still sent as it is
        return ""


# To the mail server


@dataclass(frozen=True)
class Failure:
    """Why an email was not sent. `final`: trying again is useless. `of_server`: the next email would fail in the same way."""

    error: str
    final: bool = False
    of_server: bool = False


class Server:
    """A connection of the backend that OUTBOX_TRANSPORT names, opened when needed and kept for the next email."""

    def __init__(self) -> None:
        self._backend = get_connection(settings.OUTBOX_TRANSPORT)
        self._is_open = False

    def send(self, mail: OutgoingMail) -> Failure | None:
        """Hand over an email; None if the server took it. Waits for each answer of the server no longer than EMAIL_TIMEOUT."""
        try:
            if not self._is_open:
                # Opened here, because a backend that opens for itself also closes, and an error in closing looks like one in sending.
                self._backend.open()
                self._is_open = True
            if not self._backend.send_messages([StoredMessage(mail)]):
                return Failure("the transport took no mail")
        except Exception as error:  # whatever a backend raises, the email must be put off, not lost
            failure = failure_of(error)
            if failure.of_server:
                self.close()
            return failure
        return None

    def close(self) -> None:
        """Close the connection and ignore errors: what the server took, it took."""
        self._is_open = False
        with contextlib.suppress(Exception):
            self._backend.close()
        self._backend = get_connection(settings.OUTBOX_TRANSPORT)


def failure_of(error: Exception) -> Failure:
    """What an error of smtplib means for this email and for the next (RFC 5321, 4.2.1: 4xx is temporary, 5xx is permanent).

    A 5xx about the recipient or the message is final. One about us (greeting, sign-in, sender) is for the operator to repair, so the
    email waits. 421 means that the server is closing the connection.
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, reply = next(iter(error.recipients.values()), (0, b""))
            return Failure(_reply(code, reply), final=code >= 500, of_server=code == 421)
        case smtplib.SMTPSenderRefused():
            too_large = error.smtp_code == TOO_LARGE
            return Failure(_reply(error.smtp_code, error.smtp_error), final=too_large, of_server=not too_large)
        case smtplib.SMTPDataError():
            return Failure(_reply(error.smtp_code, error.smtp_error), final=error.smtp_code >= 500, of_server=error.smtp_code == 421)
        case smtplib.SMTPResponseException():
            return Failure(_reply(error.smtp_code, error.smtp_error), of_server=True)
        case UnicodeError() | smtplib.SMTPNotSupportedError():
            return Failure(_name_and_text(error), final=True)
        case OSError():  # refused, timed out, disconnected; smtplib's own errors are OSErrors too
            return Failure(_name_and_text(error), of_server=True)
        case _:
            return Failure(_name_and_text(error))


def _reply(code: int, reply: bytes | str) -> str:
    return _storable(f"{code} {reply.decode(errors='replace') if isinstance(reply, bytes) else reply}")


def _name_and_text(error: Exception) -> str:
    return _storable(f"{type(error).__name__}: {error}")


def _storable(text: str) -> str:
    return text.replace("\0", "")[:500]
