"""A withdrawn application ends its ballot."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from members.applications.signals import withdrawn
from members.models import Application

from . import workflow


@receiver(withdrawn)
def cancel_ballot_on_withdrawal(application: Application, by: Any, now: datetime, **_kwargs: object) -> None:
    workflow.cancel_running_ballot(application, by=by, now=now)
