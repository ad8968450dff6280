"""allauth keeps addresses in a table of its own; this keeps it from honouring one that a user no longer has."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import User


@receiver(post_save, sender=User)
def forget_former_addresses(instance: User, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """An address that was changed in the admin neither signs in nor receives a password link any more."""
    if not created and not raw:
        EmailAddress.objects.filter(user=instance).exclude(email__iexact=instance.email).delete()
