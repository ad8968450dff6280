"""A withdrawn application ends its ballot; a seat with another person or address takes its vote along."""

from datetime import datetime
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from members.applications.signals import withdrawn
from members.models import Application, Seat, Vote

from . import asking, workflow


@receiver(withdrawn)
def cancel_ballot_on_withdrawal(application: Application, by: Any, now: datetime, **_kwargs: object) -> None:
    workflow.cancel_running_ballot(application, by=by, now=now)


@receiver(post_save, sender=Seat)
def take_vote_along(instance: Seat, created: bool, raw: bool = False, **_kwargs: object) -> None:
    """At once, so that the former link ends now. What is changed without a save follows with the next `run_due`."""
    if not created and not raw and asking.follow_seats(Vote.objects.filter(seat=instance.pk)):
        asking.email_voters(timezone.now())
