"""Tokens of links in emails. No page uses a link up: a GET changes nothing, and what the POST behind the button does may be done twice.

The address carries 32 random bytes; the database stores their SHA-256, so that nobody who reads the database (or a backup) has a link.
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
# An expired link is kept for so long, so that its page can say that it is too old.
EXPIRED_KEPT = timedelta(days=90)


def make(*, purpose: str, subject: str, lifetime: timedelta) -> str:
    """Store a new link and return its token, to be put into an address. It exists once the caller's transaction is committed."""
    token = secrets.token_urlsafe(32)
    MailedLink.objects.create(digest=_digest(token), purpose=purpose, subject=subject, expires_at=timezone.now() + lifetime)
    return token


def make_url(view: str, *, purpose: str, subject: str, lifetime: timedelta) -> str:
    """The absolute address of a new link to the view of this name, which takes the token."""
    return absolute(reverse(view, args=(make(purpose=purpose, subject=subject, lifetime=lifetime),)))


def sample_url(view: str) -> str:
    """What such an address looks like in a preview: it opens nothing."""
    return absolute(reverse(view, args=("sample",)))


def find(token: str, purpose: str) -> MailedLink | None:
    """The link, live or not (`is_live`), or None when there is none with this purpose."""
    return MailedLink.objects.filter(digest=_digest(token), purpose=purpose).first() if TOKEN.fullmatch(token) else None


def is_live(link: MailedLink) -> bool:
    return link.expires_at > timezone.now()


def count(*, purpose: str, subject: str, since: datetime | None = None) -> int:
    """How many links of this purpose about this subject were made, since then or ever: as many emails went out with one."""
    links = MailedLink.objects.filter(purpose=purpose, subject=subject)
    return (links.filter(created_at__gte=since) if since else links).count()


def subjects_with_link(subjects: Iterable[str], *, purpose: str) -> set[str]:
    """Those of the subjects about which a link of this purpose was made, in one query."""
    return set(MailedLink.objects.filter(purpose=purpose, subject__in=list(subjects)).values_list("subject", flat=True))


def revoke(*, purpose: str, subject: str) -> int:
    """Make every link of this purpose about this subject unknown; returns how many there were."""
    return MailedLink.objects.filter(purpose=purpose, subject=subject).delete()[0]


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@due("old links")
def delete_old_links(now: datetime) -> str:
    deleted = MailedLink.objects.filter(expires_at__lt=now - EXPIRED_KEPT).delete()[0]
    return f"{deleted} deleted" if deleted else ""
