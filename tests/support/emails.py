"""Mails to test with."""

from typing import Any

from django.core.mail import EmailMultiAlternatives

from core.mail.queue import enqueue
from core.models import OutgoingMail


def a_mail(to: str = "ada@example.org", subject: str = "Grüße", **more: Any) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(subject, "Dear Ada,\nsee https://example.org/secret/abc.", "HW4All <post@example.org>", [to], **more)
    message.attach_alternative('<p>Dear <a href="https://example.org/secret/abc">Ada</a></p><script>alert(1)</script>', "text/html")
    return message


def put(key: str = "k", purpose: str = "test", **more: Any) -> OutgoingMail:
    assert enqueue(a_mail(), key=key, purpose=purpose, **more)
    return OutgoingMail.objects.get(key=key)
