"""Revokes the links and emails of deleted contacts, and keeps up who can be asked."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from core.dates import site_today
from core.links import tokens
from core.mail.queue import forget
from members.models import AddressChange, Contact, Membership
from members.models.subjects import subject

from .emails import CONFIRM_ADDRESS, NOT_ME, PROFILE, STOP_ADDRESS, YEAR
from .reminders import check_reach


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


@receiver(post_save, sender=Contact)
@receiver(post_delete, sender=Contact)
def ask_whoever_is_there(instance: Contact, raw: bool = False, **_kwargs: object) -> None:
    """Find out whether somebody can be asked now, and let the next run ask a new contact a question that is open."""
    if not raw:
        rows = Membership.objects.filter(organisation=instance.organisation_id)
        rows.filter(next_request_on__isnull=False).update(next_request_on=None)
        check_reach(rows.on(site_today()), site_today())
