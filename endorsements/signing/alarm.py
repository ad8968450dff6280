"""The alarm when the whole site is over its limit of endorsements: told to the secretariat at once, and on the admin's first page."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from cms.emails import notify, wants_notifications
from core.absolute_urls import absolute
from core.mail.delivery import still_wanted
from core.mail.templates import Cause, email_template
from endorsements.models import LimitAlarm

# For so long the first page of the admin says so.
SHOWN_FOR = timedelta(days=1)


def sound_alarm(*, seconds_left: int, now: datetime) -> bool:
    """Email the colleagues who decide on endorsements, once in the hour that ends in so many seconds. Call it outside transactions."""
    ends_at = datetime.fromtimestamp(round((now.timestamp() + seconds_left) / 60) * 60, UTC)
    with transaction.atomic():
        values = {"limit": settings.ENDORSEMENTS_PER_HOUR, "reached_at": now}
        alarm, is_new = LimitAlarm.objects.get_or_create(hour_ends_at=ends_at, defaults=values)
        if is_new:
            about = f"limit_alarm:{alarm.pk}"
            notify("endorsements.change_endorsement", "endorsements/site_limit", _context(alarm.limit), key=(about,), about=about)
    return is_new


def recent_alarm(now: datetime) -> LimitAlarm | None:
    return LimitAlarm.objects.filter(reached_at__gt=now - SHOWN_FOR).order_by("-reached_at").first()


def _context(limit: int) -> dict[str, Any]:
    return {"limit": limit, "queue_url": absolute(reverse("endorsement_queue:release_held"))}


still_wanted("endorsements.site_limit")(wants_notifications)


@email_template(
    "endorsements/site_limit",
    gettext_lazy("Colleagues: the site is over its limit of endorsements"),
    to_colleagues=True,
    cause=Cause.COLLEAGUE,
)
def _sample_site_limit() -> dict[str, Any]:
    return _context(1000) | {"account_url": absolute(reverse("wagtailadmin_account"))}
