"""What the rooms above hear from this one; and what ends with a contact, through whichever door they go."""

from django.db.models.signals import post_delete
from django.dispatch import Signal, receiver

from core.links import tokens
from core.mail.queue import forget

from .membership.emails import PROFILE, YEAR
from .models import Contact
from .models.subjects import subject

# Two organisations become one: sent with `former`, `kept` and `by` (a user) in the transaction of the merge, before what points to
# `former` moves. For rows of which an organisation may have one only.
merging = Signal()


@receiver(post_delete, sender=Contact)
def silence(instance: Contact, **_kwargs: object) -> None:
    """Who is no contact any more, or has another address, has no link that works, and no mail of theirs can be read."""
    about = subject(instance)
    for purpose in (PROFILE, YEAR):
        tokens.revoke(purpose=purpose, subject=about)
    forget(about=about)
