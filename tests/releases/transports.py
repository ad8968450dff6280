"""Mail servers that take nothing."""

import smtplib
from typing import Any


class Refusing:
    """There is no such mailbox."""

    def __init__(self, *_args: Any, **_options: Any) -> None: ...
    def open(self) -> None: ...
    def close(self) -> None: ...

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such mailbox")})


class Busy(Refusing):
    """Come back later."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (451, b"greylisted")})
