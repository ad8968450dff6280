"""Keeps allauth's table of email addresses in step with `User.email`."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import User


@receiver(post_save, sender=User)
def delete_former_addresses(instance: User, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """Delete a user's former addresses from allauth, so that they can neither sign in nor receive a password link."""
    if not created and not raw:
        EmailAddress.objects.filter(user=instance).exclude(email__iexact=instance.email).delete()
