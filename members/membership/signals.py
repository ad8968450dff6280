"""What ends with a contact, however they are removed."""

from django.db.models.signals import post_delete
from django.dispatch import receiver

from core.links import tokens
from core.mail.queue import forget
from members.models import Contact
from members.models.subjects import subject

from .emails import PROFILE, YEAR


@receiver(post_delete, sender=Contact)
def revoke_links_and_emails(instance: Contact, **_kwargs: object) -> None:
    """Revoke the links and forget the emails of a contact who was removed or has another email address."""
    about = subject(instance)
    for purpose in (PROFILE, YEAR):
        tokens.revoke(purpose=purpose, subject=about)
    forget(about=about)
