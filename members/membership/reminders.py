"""Once a year each member is asked whether its profile is still right."""

from datetime import datetime

from django.db.models.functions import Coalesce

from core.dates import site_date
from core.due import due, latest_step
from members.models import Contact, Membership
from members.models.membership_year import YEAR, asleep_since

from . import emails

STEPS = (0, 14, 30, 75)  # days after the due date; the last is 15 days before the member is hidden


@due("membership year")
def ask_whether_it_is_still_right(now: datetime) -> str:
    """Ask the contacts who answer for the organisation on the due date, and remind them at each step: once each."""
    today = site_date(now)
    known = Membership.objects.on(today).annotate(last_known=Coalesce("confirmed_on", "recorded_on"))
    count = 0
    for membership in known.filter(last_known__lte=today - YEAR, last_known__gt=asleep_since(today)).select_related("organisation"):
        standing = membership.standing(today)
        step = latest_step(STEPS, (today - standing.due_on).days)
        organisation = membership.organisation
        for contact in Contact.objects.filter(organisation=organisation).who_answer():
            count += emails.year(
                contact, organisation=organisation, due_on=standing.due_on, hidden_on=standing.hidden_on, step=step, now=now
            )
    return f"{count} asked" if count else ""
