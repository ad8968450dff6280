"""Links in mails. No page uses one up: a GET changes nothing, and what the POST behind the button does may be done twice, and is then
the same, as all verbs of the rooms are.

The address carries 32 random bytes; the database holds their SHA-256, so that who reads the database (or a backup) holds no link.
A link is bound to a purpose: one made to confirm cannot withdraw. `subject` is the caller's own name for what it is about
("endorsement:17").
"""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.urls import reverse
from django.utils import timezone

from core.absolute_urls import absolute
from core.due import due
from core.models import MailedLink

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
# An expired link is known for so long, so that its page can say that it is too old.
REMEMBERED = timedelta(days=90)


def make(*, purpose: str, subject: str, lifetime: timedelta) -> str:
    """A new link's token, to be put into an address. It exists if the caller's transaction is committed."""
    token = secrets.token_urlsafe(32)
    MailedLink.objects.create(digest=_digest(token), purpose=purpose, subject=subject, expires_at=timezone.now() + lifetime)
    return token


def make_url(view: str, *, purpose: str, subject: str, lifetime: timedelta) -> str:
    """The absolute address of a new link to the view of this name, which takes the token."""
    return absolute(reverse(view, args=(make(purpose=purpose, subject=subject, lifetime=lifetime),)))


def sample_url(view: str) -> str:
    """What such an address looks like in a preview: it opens nothing."""
    return absolute(reverse(view, args=("sample",)))


def peek(token: str, purpose: str) -> MailedLink | None:
    """The link, live or not (`is_live`), or None when there is none with this purpose. Changes nothing: mail scanners open links."""
    return MailedLink.objects.filter(digest=_digest(token), purpose=purpose).first() if TOKEN.fullmatch(token) else None


def is_live(link: MailedLink) -> bool:
    return link.expires_at > timezone.now()


def made(*, purpose: str, subject: str, since: datetime | None = None) -> int:
    """How many links of this purpose about this subject were made, since then or ever: as many mails went out with one."""
    found = MailedLink.objects.filter(purpose=purpose, subject=subject)
    return (found.filter(created_at__gte=since) if since else found).count()


def known(subjects: Iterable[str], *, purpose: str) -> set[str]:
    """Those of the subjects about which a link of this purpose was made, in one query."""
    return set(MailedLink.objects.filter(purpose=purpose, subject__in=list(subjects)).values_list("subject", flat=True))


def revoke(*, purpose: str, subject: str) -> int:
    """Make every link of this purpose about this subject unknown; returns how many there were."""
    return MailedLink.objects.filter(purpose=purpose, subject=subject).delete()[0]


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@due("old links")
def delete_old_links(now: datetime) -> str:
    deleted = MailedLink.objects.filter(expires_at__lt=now - REMEMBERED).delete()[0]
    return f"{deleted} deleted" if deleted else ""
