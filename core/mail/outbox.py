"""Mail is written with the change it tells of, and sent later: the outbox.

`enqueue` stores the finished message in the caller's transaction. Rolled back, it never existed; committed, it is sent, whatever
happens to this process. What the outbox promises, once the transaction is committed:

- **Nothing is lost.** A mail is sent, or stands as failed in the admin with the mail server's last words, and can be sent again there.
- **Nothing is sent twice**, with one exception that SMTP leaves open: the line breaks, or the worker is killed, after the server took the
  message and before we stored that it did. Nobody can know then, so the mail is sent again, with the same Message-ID.
- **Nobody waits for a mail server.** A request writes a row; a thread or `run_due` does the talking (docs/decisions/0011).

Delivery is `core.mail.delivery`; `core.mail.backend` brings Django's `send_mail` here.
"""

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import make_msgid, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.message import BadHeaderError, sanitize_address
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.absolute_urls import domain
from core.models import OutgoingMail
from core.states import MAIL_TRANSITIONS, ON_THE_WAY, MailState
from core.transitions import transition

from .wake import wake

Check = Callable[[OutgoingMail], bool]
_checks: dict[str, Check] = {}


def still_wanted(purpose: str) -> Callable[[Check], Check]:
    """Register what is asked right before a mail of this purpose is sent. False: it is marked as no longer wanted, and never sent.

    The check finds its row by `mail.about`. It runs in the worker, outside any transaction. If it raises, the mail waits and it is
    asked again later.
    """

    def register(check: Check) -> Check:
        _checks[purpose] = check
        return check

    return register


def is_wanted(mail: OutgoingMail) -> bool:
    check = _checks.get(mail.purpose)
    return check is None or check(mail)


def enqueue(
    message: EmailMessage,
    *,
    key: str,
    purpose: str,
    about: str = "",
    sealed: bool = False,
    not_before: datetime | None = None,
    give_up_at: datetime | None = None,
) -> bool:
    """Store a mail to be sent after the caller's transaction; False when there is one with this key already, whatever it says.

    `key` names the occasion ("endorsement:17:reminder:1") and no person, because it outlives the mail's text. `sealed` is for a mail
    with a secret in it, such as a link that acts: no colleague can read it, and its text is erased as soon as it is sent.
    Raises ValueError (BadHeaderError among them) for an address or a header that no mail can have.
    """
    now = timezone.now()
    row = {
        "purpose": purpose,
        "about": about,
        "sealed": sealed,
        "due_at": not_before or now,
        "give_up_at": give_up_at or max(now, not_before or now) + timedelta(days=settings.OUTBOX_GIVE_UP_DAYS),
        **_rendered(message),
    }
    recipients = list(dict.fromkeys(_bare(address, message.encoding) for address in message.recipients()))
    if not recipients:
        return False
    with transaction.atomic():
        if not _store_once(key=key, part=0, recipient=recipients[0], **row):
            return False
        for part, recipient in enumerate(recipients[1:], start=1):
            _store_once(key=key, part=part, recipient=recipient, **row)
        transaction.on_commit(wake, robust=True)
    return True


def numbered(about: str, occasion: str) -> str:
    """For a mail that may be asked for again: the occasion, numbered after the last such mail with a key "about:occasion:number".

    Links are no measure, because they are forgotten long before the keys of mails are.
    """
    start = f"{about}:{occasion}:"
    last = OutgoingMail.objects.filter(key__startswith=start).order_by("-pk").values_list("key", flat=True).first()
    return f"{occasion}:{int(last.removeprefix(start)) + 1 if last else 1}"


def _store_once(*, key: str, part: int, **row: Any) -> bool:
    """False when somebody else stored it, a moment ago or at this very moment: the constraint decides."""
    if OutgoingMail.objects.filter(key=key, part=part).exists():
        return False
    try:
        with transaction.atomic():
            OutgoingMail.objects.create(key=key, part=part, **row)
    except IntegrityError:
        return False
    return True


def _rendered(message: EmailMessage) -> dict[str, Any]:
    """The message as it will be sent, each time it is tried; the caller's own object stays as it was."""
    message = copy.copy(message)
    message.extra_headers = dict(message.extra_headers)
    if not any(name.lower() == "message-id" for name in message.extra_headers):
        message.extra_headers["Message-ID"] = make_msgid(domain=domain() or None)
    mime = message.message()
    if "\0" in f"{message.subject}{message.from_email}{message.recipients()}":
        raise BadHeaderError("Header values can't contain NUL.")
    return {
        "message_id": str(mime["Message-ID"])[:255],
        "sender": _bare(message.from_email, message.encoding),
        "subject": str(message.subject)[:255],
        "content": mime.as_bytes(),
    }


def _bare(address: str, encoding: str | None) -> str:
    """The address alone, as the envelope has it."""
    bare = parseaddr(sanitize_address(address, encoding or settings.DEFAULT_CHARSET))[1]
    if not all(bare.rpartition("@")[::2]):
        raise ValueError(f"Invalid address {address!r}")
    return bare


def send_again(mail: OutgoingMail, *, by: Any) -> bool:
    """Put a failed mail back into the queue, with all its tries. False: it is there already, or its text has been erased."""
    if not mail.content:
        return False
    now = timezone.now()
    changes = {"tries": 0, "due_at": now, "finished_at": None, "give_up_at": now + timedelta(days=settings.OUTBOX_GIVE_UP_DAYS)}
    with transaction.atomic():
        moved = transition(mail, to=MailState.WAITING, transitions=MAIL_TRANSITIONS, action="core.send_again", by=by, changes=changes)
        transaction.on_commit(wake, robust=True)
    return moved


def can_be_sent_again() -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(state=MailState.FAILED).exclude(content=b"")


def forget(address: str = "", *, about: str = "") -> int:
    """Erase a person: mails on their way to this address are not sent, and of all of them address, subject and text are gone.

    With `about` instead, those that are about one thing, whoever they went to. One that is being sent at this moment may still arrive,
    and leaves no trace either. Returns how many mails there were.
    """
    theirs = OutgoingMail.objects.filter(about=about) if about else OutgoingMail.objects.filter(recipient__iexact=address)
    now = timezone.now()
    with transaction.atomic():
        # Without its lease, a worker that has one of them in hand can store nothing of it any more.
        theirs.filter(state__in=ON_THE_WAY).update(state=MailState.UNWANTED, finished_at=now, lease="")
        return theirs.update(recipient="", subject="", content=b"", message_id="", last_error="", about="")
