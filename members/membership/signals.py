"""Revokes the links and emails of deleted contacts."""

from django.db.models.signals import post_delete
from django.dispatch import receiver

from core.links import tokens
from core.mail.queue import forget
from members.models import AddressChange, Contact
from members.models.subjects import subject

from .emails import CONFIRM_ADDRESS, NOT_ME, PROFILE, STOP_ADDRESS, YEAR


@receiver(post_delete, sender=Contact)
def revoke_links_and_emails(instance: Contact, **_kwargs: object) -> None:
    """Revoke the links and forget the emails of a contact who was removed or has another email address."""
    about = subject(instance)
    for purpose in (PROFILE, YEAR):
        tokens.revoke(purpose=purpose, subject=about)
    forget(about=about)


@receiver(post_delete, sender=AddressChange)
def revoke_links_of_change(instance: AddressChange, **_kwargs: object) -> None:
    """Revoke the links and forget the emails of a change of address that was stopped or is over."""
    about = subject(instance)
    for purpose in (CONFIRM_ADDRESS, STOP_ADDRESS, NOT_ME):
        tokens.revoke(purpose=purpose, subject=about)
    forget(about=about)
