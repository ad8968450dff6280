"""The outbox: an email is stored with the change that it reports, and sent later.

`enqueue` stores the finished message in the caller's transaction. If that is rolled back, the email never existed; once it is committed:

- **No email is lost.** It is sent, or shown as failed in the admin with the mail server's last answer, and can be sent again there.
- **No email is sent twice**, with one exception that SMTP leaves open: the connection breaks, or the worker is killed, after the server
  took the message and before we recorded it. Then it is sent again, with the same Message-ID.
- **Nobody waits for a mail server.** A request writes a row; a thread or `run_due` sends it (docs/decisions/0011).

`core.mail.delivery` sends what is stored here. `core.mail.send` is how the apps write an email; `core.mail.backend` brings Django's
`send_mail` here.
"""

import copy
from collections.abc import Collection
from datetime import datetime, timedelta
from email.utils import formataddr, make_msgid, parseaddr
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

from .addresses import canonical_host, with_ascii_host
from .delivery import wake


def enqueue(
    message: EmailMessage,
    *,
    key: str,
    purpose: str,
    about: str = "",
    sealed: bool = False,
    not_before: datetime | None = None,
    give_up_at: datetime | None = None,
    limited: str = "",
) -> bool:
    """Store an email to be sent after the caller's transaction; False if one with this key is stored already, whatever it says.

    `key` is the idempotency key ("endorsement:17:reminder:1"). It names no person, because it outlives the email's text. `sealed` is for
    an email with a secret in it, such as a link that acts: no colleague can read it, and its text is erased as soon as it is sent.
    `limited` is the limit that it exceeds (`core.mail.limits`): it is kept back until a colleague sends it.
    Raises ValueError (BadHeaderError among them) for an invalid address or header.
    """
    now = timezone.now()
    message = _with_ascii_hosts(message)
    row = {
        "purpose": purpose,
        "about": about,
        "sealed": sealed,
        "due_at": not_before or now,
        "give_up_at": give_up_at or max(now, not_before or now) + timedelta(days=settings.OUTBOX_GIVE_UP_DAYS),
        **_rendered(message),
    }
    if limited:
        row |= {"state": MailState.LIMITED, "finished_at": now, "last_error": limited}
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


def is_stored(key: str) -> bool:
    return OutgoingMail.objects.filter(key=key).exists()


def numbered(key: str) -> str:
    """The key with a number after that of the last such email: for one that may be sent several times.

    Counting links instead would not do, because they are deleted long before the keys of emails are.
    """
    start = f"{key}:"
    last = OutgoingMail.objects.filter(key__startswith=start).order_by("-pk").values_list("key", flat=True).first()
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1}"


def _store_once(*, key: str, part: int, **row: Any) -> bool:
    """False if another transaction stored it, before or at the same moment: the constraint decides."""
    if OutgoingMail.objects.filter(key=key, part=part).exists():
        return False
    try:
        with transaction.atomic():
            OutgoingMail.objects.create(key=key, part=part, **row)
    except IntegrityError:
        return False
    return True


def _rendered(message: EmailMessage) -> dict[str, Any]:
    """The message as it will be sent at each try. The caller's object is left as it was."""
    message.extra_headers = dict(message.extra_headers)
    if not any(name.lower() == "message-id" for name in message.extra_headers):
        message.extra_headers["Message-ID"] = make_msgid(domain=canonical_host(domain()) or None)
    mime = message.message()
    if "\0" in f"{message.subject}{message.from_email}{message.recipients()}":
        raise BadHeaderError("Header values can't contain NUL.")
    return {
        "message_id": str(mime["Message-ID"])[:255],
        "sender": _bare(message.from_email, message.encoding),
        "subject": str(message.subject)[:255],
        "content": mime.as_bytes(),
    }


def _with_ascii_hosts(message: EmailMessage) -> EmailMessage:
    """A copy in which no host is left for Django to encode: it would do so by the rules of 2003, and write to another domain."""
    message = copy.copy(message)
    message.from_email = _sendable(message.from_email)
    for name in ("to", "cc", "bcc", "reply_to"):
        setattr(message, name, [_sendable(address) for address in getattr(message, name)])
    return message


def _sendable(address: str) -> str:
    """The address with its host in ASCII. Raises ValueError if it cannot be, or if the mailbox is not (see docs/decisions/0030)."""
    name, bare = parseaddr(str(address))
    if bare.isascii():
        return address
    bare = with_ascii_host(bare)
    if not bare.isascii():
        raise ValueError(f"Invalid address {address!r}")
    return formataddr((name, bare)) if name else bare


def _bare(address: str, encoding: str | None) -> str:
    """The address without a name, as the SMTP envelope needs it."""
    bare = parseaddr(sanitize_address(address, encoding or settings.DEFAULT_CHARSET))[1]
    if not all(bare.rpartition("@")[::2]):
        raise ValueError(f"Invalid address {address!r}")
    return bare


def send_again(mail: OutgoingMail, *, by: Any) -> bool:
    """Put an email that failed, or was kept back by a limit, into the queue, with all its tries.

    False if it is there already, or its text has been erased. Raises TransitionNotAllowed if it was sent, or is not wanted.
    """
    if not mail.content:
        return False
    now = timezone.now()
    changes = {"tries": 0, "due_at": now, "finished_at": None, "give_up_at": now + timedelta(days=settings.OUTBOX_GIVE_UP_DAYS)}
    with transaction.atomic():
        moved = transition(mail, to=MailState.WAITING, transitions=MAIL_TRANSITIONS, action="core.send_again", by=by, changes=changes)
        transaction.on_commit(wake, robust=True)
    return moved


def kept_back(purpose: str, *, about: str, since: datetime | None = None) -> int:
    """How many emails of this purpose about this a limit keeps back."""
    found = OutgoingMail.objects.filter(about=about, purpose=purpose, state=MailState.LIMITED)
    return (found.filter(created_at__gte=since) if since else found).count()


def kept_back_lately(now: datetime) -> QuerySet[OutgoingMail]:
    """Those of the last week that a colleague can send."""
    return OutgoingMail.objects.filter(state=MailState.LIMITED, finished_at__gte=now - timedelta(days=7)).exclude(content=b"")


def can_be_sent_again() -> QuerySet[OutgoingMail]:
    """Those that failed; not those that a limit keeps back, which may be somebody's attack."""
    return OutgoingMail.objects.filter(state=MailState.FAILED).exclude(content=b"")


def withdraw_waiting(about: Collection[str], *, purpose: str, since: datetime) -> int:
    """Do not send the emails of this purpose about these things that were written since then and still wait. Returns how many."""
    waiting = OutgoingMail.objects.filter(about__in=about, purpose=purpose, created_at__gte=since, state=MailState.WAITING)
    return waiting.update(state=MailState.UNWANTED, finished_at=timezone.now(), lease="", content=b"")


def sent_since(since: datetime, about: Collection[str], *, purpose: str) -> set[str]:
    """About which of these things an email of this purpose was written since then and is sent, or just being sent."""
    emails = OutgoingMail.objects.filter(about__in=about, purpose=purpose, created_at__gte=since)
    return set(emails.filter(state__in=(MailState.SENDING, MailState.SENT)).values_list("about", flat=True))


def forget(address: str = "", *, about: str = "") -> int:
    """Erase a person: emails waiting for this address are not sent, and address, subject and text of all of them are deleted.

    With `about` instead, those about one thing, whoever they went to. One that is being sent at this moment may still arrive, and leaves
    no trace either. Returns how many emails there were.
    """
    theirs = OutgoingMail.objects.filter(about=about) if about else OutgoingMail.objects.filter(recipient__iexact=with_ascii_host(address))
    now = timezone.now()
    with transaction.atomic():
        # Without the lease, a worker that is sending one of them can no longer record anything about it.
        theirs.filter(state__in=ON_THE_WAY).update(state=MailState.UNWANTED, finished_at=now, lease="")
        return theirs.update(recipient="", subject="", content=b"", message_id="", last_error="", about="")
