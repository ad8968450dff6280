"""The emails to the contacts of a member: the link to its profile, the answer to a profile change, and the yearly question."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.emails import notify, wants_notifications
from core.absolute_urls import absolute
from core.dates import site_today
from core.links import tokens
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import Cause, email_template
from core.mail.wording import Variable
from core.models import OutgoingMail
from members.applications.emails import NOT_ME, REMINDER, sample_not_me
from members.applications.emails import link as not_me_link
from members.models import AddressChange, Contact, Leaving, Membership, Organisation, ProfileChange
from members.models.subjects import find_subject, subject
from members.review.emails import MEMBER, sample_organisation
from members.states import ChangeState, LeavingState

# The purposes of links, each with the name of its view and its lifetime.
PROFILE = "members.profile"
YEAR = "members.year"
CONFIRM_ADDRESS = "members.confirm_address"
STOP_ADDRESS = "members.stop_address"
PAGES = {
    PROFILE: "member_profile",
    YEAR: "membership_year",
    CONFIRM_ADDRESS: "member_confirm_address",
    STOP_ADDRESS: "member_stop_address",
}
LIFETIMES = {
    PROFILE: timedelta(minutes=15),
    YEAR: timedelta(days=120),
    CONFIRM_ADDRESS: timedelta(days=14),
    STOP_ADDRESS: timedelta(days=30),
}


def link(contact: Contact | AddressChange, purpose: str) -> str:
    """Return the address of a new link."""
    return tokens.make_url(PAGES[purpose], purpose=purpose, subject=subject(contact), lifetime=LIFETIMES[purpose])


def profile(contact: Contact, *, now: datetime) -> bool:
    """Send a link to the profile, valid for 15 minutes. Each call sends another email."""
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
    """Tell the contact how the secretariat decided on a profile change, once."""
    return send(
        "members/profile_answer",
        to=contact.email,
        about=subject(change),
        key=(subject(change), change.state),
        context={"change": change, "organisation": change.organisation, "is_applied": change.state == ChangeState.APPLIED},
    )


def request_key(contact: Contact, begun: date, step: int) -> str:
    """The key of the email that asks this contact the question of that day, or reminds them."""
    return f"{subject(contact)}:year:{begun:%Y-%m-%d}:{step}"


def confirmation_request(contact: Contact, *, organisation: Organisation, begun: date, hidden_on: date, step: int, now: datetime) -> bool:
    """Ask a contact to confirm the membership for another year, once per question and step. Steps after the first are reminders."""
    return send(
        "members/year",
        to=contact.email,
        about=subject(contact),
        key=(request_key(contact, begun, step),),
        context={
            "organisation": organisation,
            "hidden_on": hidden_on,
            "link_url": absolute(reverse("member_link")),
            "reminder": bool(step),
        },
        links={"year_url": partial(link, contact, YEAR), "disown_url": partial(not_me_link, contact, NOT_ME)},
    )


def contact_named(contact: Contact, *, now: datetime, by: Any = None) -> bool:
    """Tell somebody, once, that their address is that of a contact now. `by` is the colleague who named them, if one did."""
    return send(
        "members/contact_named",
        to=contact.email,
        about=subject(contact),
        key=(subject(contact), "named"),
        context={"organisation": contact.organisation, "link_url": absolute(reverse("member_link"))},
        links={"disown_url": partial(not_me_link, contact, NOT_ME)},
        by=by,
    )


def contact_removed(contact: Contact, *, now: datetime) -> bool:
    """Tell somebody, once, that they are no contact any more."""
    return send(
        "members/contact_removed",
        to=contact.email,
        about="",
        key=(subject(contact), "removed"),
        context={"organisation": contact.organisation},
    )


def address_confirm(change: AddressChange, *, now: datetime) -> bool:
    """Ask a new address to confirm that it is theirs."""
    return send(
        "members/address_confirm",
        to=change.email,
        about=subject(change),
        key=(subject(change), "confirm"),
        context={"organisation": change.contact.organisation},
        links={"confirm_url": partial(link, change, CONFIRM_ADDRESS), "disown_url": partial(not_me_link, change, NOT_ME)},
    )


def address_changed(change: AddressChange, *, now: datetime) -> bool:
    """Tell the former address, with a link to stop it."""
    return send(
        "members/address_changed",
        to=change.former,
        about=subject(change),
        key=(subject(change), "changed"),
        context={"organisation": change.contact.organisation, "is_confirmed": change.confirmed_at is not None},
        links={"stop_url": partial(link, change, STOP_ADDRESS)},
    )


def leaving(row: Leaving, contact: Contact, *, now: datetime) -> bool:
    """Tell a contact, once for each state, that their organisation leaves, stays after all, or has left."""
    return send(
        "members/leaving",
        to=contact.email,
        about=subject(contact),
        key=(subject(row), row.state, subject(contact)),
        context={"organisation": row.organisation, "leaving": row, "link_url": absolute(reverse("member_link"))},
    )


def leaving_told(row: Leaving) -> int:
    """Tell the colleagues who look after members, at once."""
    context = {
        "organisation": row.organisation,
        "leaving": row,
        "end_url": absolute(reverse("organisation_end", args=(row.organisation_id,))),
    }
    about = subject(row)
    return notify("members.change_organisation", "members/leaving_told", context, key=(about, "told", row.state), about=about)


# Still wanted?


@still_wanted("members.leaving_told")
def is_leaving_as_told(mail: OutgoingMail) -> bool:
    return wants_notifications(mail) and find_subject(mail.about) is not None


@still_wanted("members.contact_named")
@still_wanted("members.leaving")
@still_wanted("members.address_changed")
@still_wanted("members.profile")
@still_wanted("members.profile_answer")
def is_subject_found(mail: OutgoingMail) -> bool:
    return find_subject(mail.about) is not None


@still_wanted("members.address_confirm")
def awaits_address(mail: OutgoingMail) -> bool:
    change = find_subject(mail.about)
    return isinstance(change, AddressChange) and change.confirmed_at is None


@still_wanted("members.year")
def awaits_confirmation(mail: OutgoingMail) -> bool:
    """False once the organisation has confirmed, or its membership has ended."""
    contact = find_subject(mail.about)
    if not isinstance(contact, Contact):
        return False
    today = site_today()
    return any(
        membership.year_on(today).awaits_confirmation
        for membership in Membership.objects.on(today).filter(organisation=contact.organisation)
    )


# Samples for the previews in the admin: invented, and stored nowhere


HIDDEN_DAY = Variable(
    "hidden_day", 'hidden_on|date:"j F Y"', gettext_lazy("The day on which it leaves the directory"), required=True, typed=False
)


@email_template("members/profile", gettext_lazy("Members: the link to the profile"), MEMBER, cause=Cause.STRANGER)
def _sample_profile() -> dict[str, Any]:
    return {"organisation": sample_organisation(), "profile_url": tokens.sample_url(PAGES[PROFILE])}


@email_template(
    "members/profile_answer",
    gettext_lazy("Members: what came of a profile change"),
    MEMBER,
    applied=gettext_lazy("when it was applied"),
    refused=gettext_lazy("when it was refused"),
    cause=Cause.COLLEAGUE,
)
def _sample_profile_answer() -> dict[str, Any]:
    change = ProfileChange(pk=0, state=ChangeState.REFUSED, reason=_("The summary names a company. Please leave it out."))
    return {"change": change, "organisation": sample_organisation(), "is_applied": False}


@email_template("members/year", gettext_lazy("Members: is this still right?"), MEMBER, HIDDEN_DAY, reminder=REMINDER, cause=Cause.COLLEAGUE)
def _sample_year() -> dict[str, Any]:
    return {
        "organisation": sample_organisation(),
        "hidden_on": date(2026, 12, 1),
        "year_url": tokens.sample_url(PAGES[YEAR]),
        "link_url": absolute(reverse("member_link")),
        "reminder": True,
    } | sample_not_me()


@email_template("members/contact_named", gettext_lazy("Members: named as a contact"), MEMBER, cause=Cause.STRANGER)
def _sample_contact_named() -> dict[str, Any]:
    return {"organisation": sample_organisation(), "link_url": absolute(reverse("member_link"))} | sample_not_me()


@email_template("members/contact_removed", gettext_lazy("Members: no longer a contact"), MEMBER, cause=Cause.HOLDER)
def _sample_contact_removed() -> dict[str, Any]:
    return {"organisation": sample_organisation()}


@email_template("members/address_confirm", gettext_lazy("Members: confirm a new email address"), MEMBER, cause=Cause.STRANGER)
def _sample_address_confirm() -> dict[str, Any]:
    return {"organisation": sample_organisation(), "confirm_url": tokens.sample_url(PAGES[CONFIRM_ADDRESS])} | sample_not_me()


@email_template(
    "members/address_changed",
    gettext_lazy("Members: your email address is replaced"),
    MEMBER,
    asked=gettext_lazy("before the new address is confirmed"),
    changed=gettext_lazy("when the secretariat changed it"),
    cause=Cause.HOLDER,
)
def _sample_address_changed() -> dict[str, Any]:
    return {"organisation": sample_organisation(), "is_confirmed": False, "stop_url": tokens.sample_url(PAGES[STOP_ADDRESS])}


LAST_DAY = Variable("last_day", 'leaving.last_day|date:"j F Y"', gettext_lazy("The last day of the membership"), typed=False)


def _sample_leaving() -> dict[str, Any]:
    row = Leaving(pk=0, state=LeavingState.WAITING, last_day=date(2026, 12, 31), reason=_("We have merged with another organisation."))
    return {"organisation": sample_organisation(), "leaving": row}


@email_template(
    "members/leaving",
    gettext_lazy("Members: the organisation leaves"),
    MEMBER,
    LAST_DAY,
    waiting=gettext_lazy("when it has asked to leave"),
    taken_back=gettext_lazy("when it stays after all"),
    ended=gettext_lazy("when the secretariat has ended the membership"),
    cause=Cause.HOLDER,
)
def _sample_leaving_to_contacts() -> dict[str, Any]:
    return _sample_leaving() | {"link_url": absolute(reverse("member_link"))}


@email_template(
    "members/leaving_told",
    gettext_lazy("Colleagues: a member wants to leave"),
    MEMBER,
    LAST_DAY,
    waiting=gettext_lazy("when it has asked to leave"),
    taken_back=gettext_lazy("when it stays after all"),
    to_colleagues=True,
    cause=Cause.HOLDER,
)
def _sample_leaving_told() -> dict[str, Any]:
    return _sample_leaving() | {"end_url": absolute("/admin/"), "account_url": absolute("/admin/")}
