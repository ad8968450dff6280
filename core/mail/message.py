"""A stored mail as Django's e-mail backends want it, and as a colleague may read it."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from email.message import Message
from typing import Any

from django.core.mail import EmailMultiAlternatives

from core.models import OutgoingMail

ADDRESS = re.compile(r"\b(https?://[^/?#&\s\"'<>]+)[^\s\"'<>]*", re.IGNORECASE)


class Verbatim(Message):
    """A message that is written out exactly as it was stored, but for the ends of its lines."""

    stored = b""

    def as_bytes(self, unixfrom: bool = False, policy: Any = None, linesep: str = "\n") -> bytes:
        return linesep.encode().join(self.stored.splitlines()) + linesep.encode()


class StoredMessage(EmailMultiAlternatives):
    """To one recipient, whatever its headers say: each recipient has a row, and so a delivery, of their own."""

    def __init__(self, mail: OutgoingMail) -> None:
        self._stored = bytes(mail.content)
        self._recipient = mail.recipient
        text, html = _texts(self._stored)
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


@dataclass(frozen=True)
class Preview:
    """What a mail says, with every link cut after its host: who reads a mail in the admin must not be able to act for its recipient."""

    text: str
    html: str


def preview(mail: OutgoingMail) -> Preview | None:
    """None for a sealed mail, and for one whose text has been erased."""
    if mail.sealed or not mail.content:
        return None
    return Preview(*map(_cut, _texts(bytes(mail.content))))


def preview_of(message: EmailMultiAlternatives) -> Preview:
    """The same of a message that is not stored."""
    html = next((str(content) for content, kind in message.alternatives if kind == "text/html"), "")
    return Preview(_cut(str(message.body)), _cut(html))


def _cut(text: str) -> str:
    return ADDRESS.sub(r"\1/…", text)


def _texts(stored: bytes) -> tuple[str, str]:
    """The plain text and the HTML, each empty when there is none."""
    message = message_from_bytes(stored, _class=ParsedMessage, policy=policy.default)
    parts = (message.get_body(preferencelist=(kind,)) for kind in ("plain", "html"))
    text, html = (_content(part) if part else "" for part in parts)
    return text, html


def _content(part: Any) -> str:
    try:
        return str(part.get_content())
    except LookupError:  # an encoding that Python does not know; what is sent is not read here
        return ""
