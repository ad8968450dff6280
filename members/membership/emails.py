"""The emails to the contacts of a member: the link to its profile, the answer to a profile change, and the yearly question."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.absolute_urls import absolute
from core.dates import site_today
from core.links import tokens
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import email_template
from core.mail.wording import Variable
from core.models import OutgoingMail
from members.applications.emails import NOT_ME, REMINDER, sample_not_me
from members.applications.emails import link as not_me_link
from members.models import Contact, Membership, Organisation, ProfileChange
from members.models.subjects import found_by, subject
from members.review.emails import MEMBER, sample_organisation
from members.states import ChangeState

# The purposes of links, each with the name of its view and its lifetime.
PROFILE = "members.profile"
YEAR = "members.year"
PAGES = {PROFILE: "member_profile", YEAR: "membership_year"}
LIFETIMES = {PROFILE: timedelta(minutes=15), YEAR: timedelta(days=120)}


def link(contact: Contact, purpose: str) -> str:
    """The address of a new link."""
    return tokens.make_url(PAGES[purpose], purpose=purpose, subject=subject(contact), lifetime=LIFETIMES[purpose])


def profile(contact: Contact, *, now: datetime) -> bool:
    """The link to the profile, for 15 minutes. Each call writes another email."""
    return send(
        "members/profile",
        to=contact.email,
        about=subject(contact),
        key=(subject(contact), "profile"),
        context={"organisation": contact.organisation},
        links={"profile_url": partial(link, contact, PROFILE)},
        is_repeatable=True,
    )


def profile_answer(change: ProfileChange, contact: Contact, *, now: datetime) -> bool:
    return send(
        "members/profile_answer",
        to=contact.email,
        about=subject(change),
        key=(subject(change), change.state),
        context={"change": change, "organisation": change.organisation, "is_applied": change.state == ChangeState.APPLIED},
    )


def year(contact: Contact, *, organisation: Organisation, due_on: date, hidden_on: date, step: int, now: datetime) -> bool:
    """ "Is this still right?", once for each due date and step; a step after the first is a reminder."""
    return send(
        "members/year",
        to=contact.email,
        about=subject(contact),
        key=(subject(contact), "year", f"{due_on:%Y-%m-%d}", step),
        context={
            "organisation": organisation,
            "hidden_on": hidden_on,
            "link_url": absolute(reverse("member_link")),
            "reminder": bool(step),
        },
        links={"year_url": partial(link, contact, YEAR), "disown_url": partial(not_me_link, contact, NOT_ME)},
    )


# Still wanted?


@still_wanted("members.profile")
@still_wanted("members.profile_answer")
def exists(mail: OutgoingMail) -> bool:
    return found_by(mail.about) is not None


@still_wanted("members.year")
def is_still_asked(mail: OutgoingMail) -> bool:
    """False once a contact of the organisation has confirmed, or its membership has ended."""
    contact = found_by(mail.about)
    if not isinstance(contact, Contact):
        return False
    today = site_today()
    return any(membership.standing(today).is_asked for membership in Membership.objects.on(today).filter(organisation=contact.organisation))


# Samples for the previews in the admin: invented, and stored nowhere


HIDDEN_DAY = Variable("hidden_day", 'hidden_on|date:"j F Y"', gettext_lazy("The day on which it leaves the directory"), required=True)


@email_template("members/profile", gettext_lazy("Members: the link to the profile"), MEMBER)
def _sample_profile() -> dict[str, Any]:
    return {"organisation": sample_organisation(), "profile_url": tokens.sample_url(PAGES[PROFILE])}


@email_template(
    "members/profile_answer",
    gettext_lazy("Members: what came of a profile change"),
    MEMBER,
    applied=gettext_lazy("when it was applied"),
    refused=gettext_lazy("when it was refused"),
)
def _sample_profile_answer() -> dict[str, Any]:
    change = ProfileChange(pk=0, state=ChangeState.REFUSED, reason=_("The summary names a company. Please leave it out."))
    return {"change": change, "organisation": sample_organisation(), "is_applied": False}


@email_template("members/year", gettext_lazy("Members: is this still right?"), MEMBER, HIDDEN_DAY, reminder=REMINDER)
def _sample_year() -> dict[str, Any]:
    return {
        "organisation": sample_organisation(),
        "hidden_on": date(2026, 12, 1),
        "year_url": tokens.sample_url(PAGES[YEAR]),
        "link_url": absolute(reverse("member_link")),
        "reminder": True,
    } | sample_not_me()
