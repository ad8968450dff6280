"""The yearly request to members to confirm their profiles, and its reminders."""

from datetime import datetime

from core.dates import site_date
from core.due import due, latest_step
from members.models import Contact, Membership
from members.models.membership_year import YEAR, dormancy_cutoff

from . import emails

STEPS = (0, 14, 30, 75)  # days after the due date; the last is 15 days before the member is hidden


@due("membership year")
def ask_for_confirmation(now: datetime) -> str:
    """Ask the representatives of each member on the due date, and remind them at each step, once each."""
    today = site_date(now)
    unconfirmed = Membership.objects.on(today).last_confirmed_between(dormancy_cutoff(today), today - YEAR)
    count = 0
    for membership in unconfirmed.select_related("organisation"):
        year = membership.year_on(today)
        step = latest_step(STEPS, (today - year.due_on).days)
        organisation = membership.organisation
        for contact in Contact.objects.filter(organisation=organisation).representatives():
            count += emails.confirmation_request(
                contact, organisation=organisation, due_on=year.due_on, hidden_on=year.hidden_on, step=step, now=now
            )
    return f"{count} asked" if count else ""
