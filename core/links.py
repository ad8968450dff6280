"""Links in mails. A GET may only `peek`, and so may the POST behind a page's button where what it does is harmless when done twice, as
all verbs of the rooms are; where it is not, the POST `spend`s.

The address carries 32 random bytes; the database holds their SHA-256, so that who reads the database (or a backup) holds no link.
A link is bound to a purpose: one made to confirm cannot withdraw. `subject` is the caller's own name for what it is about
("endorsement:17"). A link that may be used often (a manage link) is one that is only ever peeked at.
"""

import re
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import QuerySet
from django.utils import timezone

from .due import due
from .models import OneUseLink

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
# An expired or spent link is known for so long, so that its page can say which of the two it is.
REMEMBERED = timedelta(days=90)


def make(*, purpose: str, subject: str, lifetime: timedelta) -> str:
    """A new link's token, to be put into an address. It exists if the caller's transaction is committed."""
    token = secrets.token_urlsafe(32)
    OneUseLink.objects.create(digest=_digest(token), purpose=purpose, subject=subject, expires_at=timezone.now() + lifetime)
    return token


def peek(token: str, purpose: str) -> OneUseLink | None:
    """The link, live or not (`is_live`), or None when there is none with this purpose. Changes nothing: mail scanners open links."""
    return _found(token, purpose).first()


def spend(token: str, purpose: str) -> OneUseLink | None:
    """The link, if this very call spent it: of fifty at once, one gets it. Else None, and `peek` says why.

    Call it in the transaction of what the link does: rolled back, the link is live again.
    """
    now = timezone.now()
    if not _found(token, purpose).filter(spent_at__isnull=True, expires_at__gt=now).update(spent_at=now):
        return None
    return peek(token, purpose)


def is_live(link: OneUseLink) -> bool:
    return link.spent_at is None and link.expires_at > timezone.now()


def made(*, purpose: str, subject: str, since: datetime | None = None) -> int:
    """How many links of this purpose about this subject were made, since then or ever: as many mails went out with one."""
    found = OneUseLink.objects.filter(purpose=purpose, subject=subject)
    return (found.filter(created_at__gte=since) if since else found).count()


def revoke(*, purpose: str, subject: str) -> int:
    """Make every link of this purpose about this subject unknown; returns how many there were."""
    return OneUseLink.objects.filter(purpose=purpose, subject=subject).delete()[0]


def _found(token: str, purpose: str) -> QuerySet[OneUseLink]:
    if not TOKEN.fullmatch(token):
        return OneUseLink.objects.none()
    return OneUseLink.objects.filter(digest=_digest(token), purpose=purpose)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@due("old links")
def delete_old_links(now: datetime) -> str:
    deleted = OneUseLink.objects.filter(expires_at__lt=now - REMEMBERED).delete()[0]
    return f"{deleted} deleted" if deleted else ""
