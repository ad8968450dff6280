"""A ballot ends with its application."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from members.applications.signals import withdrawn
from members.models import Application

from .workflow import cancel_running


@receiver(withdrawn)
def cancel_running_ballot(application: Application, by: Any, now: datetime, **_kwargs: object) -> None:
    cancel_running(application, by=by, now=now)
