"""Emails about an application before the decision: to the applicant, invited colleagues and the secretariat."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.emails import notify, wants_notifications
from core.absolute_urls import absolute
from core.links import tokens
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import Cause, email_template
from core.mail.wording import Variable
from core.models import OutgoingMail
from members.models import Application, Invitation
from members.models.subjects import find_subject, subject
from members.states import OPEN, WRITABLE, Access, ApplicationState

# The purposes of links, each with the name of its view and its lifetime.
APPLICATION = "members.application"
APPLICATION_READ = "members.application_read"
NOT_ME = "members.not_me"
PAGES = {APPLICATION: "application", APPLICATION_READ: "application_read", NOT_ME: "membership_not_me"}
LIFETIME = timedelta(days=180)


def link(row: models.Model, purpose: str) -> str:
    """Return the address of a new link. NOT_ME links ("this wasn't me") may be about other rows with an address."""
    return tokens.make_url(PAGES[purpose], purpose=purpose, subject=subject(row), lifetime=LIFETIME)


def send_to_applicant(
    template: str, application: Application, key: str, *, not_me: bool = False, is_repeatable: bool = False, **context: Any
) -> bool:
    """Email the applicant with a link to the application; `not_me` adds a link to report that somebody else entered the address."""
    links = {"application_url": partial(link, application, APPLICATION)}
    if not_me:
        links["disown_url"] = partial(link, application, NOT_ME)
    return send(
        template,
        to=application.email,
        about=subject(application),
        key=(subject(application), key),
        context={"application": application, **context},
        links=links,
        is_repeatable=is_repeatable,
    )


def resume(application: Application, *, now: datetime) -> bool:
    """Send the link to continue the application or see its status. Each call sends another email."""
    return send_to_applicant(
        "members/resume", application, "resume", not_me=application.state == ApplicationState.DRAFT, is_repeatable=True
    )


def invitation(invited: Invitation, *, now: datetime) -> bool:
    """Send a colleague of the applicant their link. Each call sends another email with another link."""
    may_edit = invited.access == Access.EDIT
    purpose = APPLICATION if may_edit else APPLICATION_READ
    return send(
        "members/invitation",
        to=invited.email,
        about=subject(invited),
        key=(subject(invited), purpose),
        context={"application": invited.application, "may_edit": may_edit},
        links={"application_url": partial(link, invited, purpose), "disown_url": partial(link, invited, NOT_ME)},
        is_repeatable=True,
    )


def submitted(application: Application, *, now: datetime) -> bool:
    """Confirm to the applicant that the application has arrived."""
    return send_to_applicant("members/submitted", application, "submitted")


def withdrawn(application: Application, *, now: datetime) -> bool:
    """Confirm the withdrawal to the applicant."""
    about = subject(application)
    return send("members/withdrawn", to=application.email, about=about, key=(about, "withdrawn"), context={"application": application})


def draft_expiring(application: Application, *, ends_at: datetime, now: datetime) -> bool:
    """Warn that the draft will be deleted on `ends_at` unless it is changed."""
    return send_to_applicant("members/draft_expiring", application, f"expiring:{ends_at:%Y-%m-%d}", ends_at=ends_at)


def application_arrived(application: Application) -> int:
    """Notify the colleagues who work on applications, at once."""
    context = {"application": application, "application_url": absolute(reverse("applications:inspect", args=(application.pk,)))}
    about = subject(application)
    return notify("members.change_application", "members/application_arrived", context, key=(about, "arrived"), about=about)


def answers_arrived(application: Application, *, now: datetime) -> int:
    """Notify whoever takes care of the application, else all who work on applications, that the applicant has answered."""
    context = {"application": application, "application_url": absolute(reverse("applications:inspect", args=(application.pk,)))}
    key = (subject(application), "answers", f"{now:%Y%m%d%H%M%S%f}")
    person = application.assigned_to
    return notify("members.change_application", "members/answers_arrived", context, key=key, about=subject(application), person=person)


# Still wanted?


def state_of(mail: OutgoingMail) -> str:
    """Return the state of the application that an email is about; '' if it is deleted or anonymised."""
    row = find_subject(mail.about)
    application = row.application if isinstance(row, Invitation) else row
    if not isinstance(application, Application) or application.anonymised_at:
        return ""
    return str(application.state)


@still_wanted("members.resume")
@still_wanted("members.invitation")
def is_under_way(mail: OutgoingMail) -> bool:
    return state_of(mail) in (ApplicationState.DRAFT, *OPEN)


@still_wanted("members.submitted")
def is_open(mail: OutgoingMail) -> bool:
    return state_of(mail) in OPEN


@still_wanted("members.draft_expiring")
def is_writable(mail: OutgoingMail) -> bool:
    return state_of(mail) in WRITABLE


@still_wanted("members.withdrawn")
def is_withdrawn(mail: OutgoingMail) -> bool:
    return state_of(mail) == ApplicationState.WITHDRAWN


@still_wanted("members.answers_arrived")
def is_checked(mail: OutgoingMail) -> bool:
    return wants_notifications(mail) and state_of(mail) == ApplicationState.CHECKING


@still_wanted("members.application_arrived")
def is_untouched(mail: OutgoingMail) -> bool:
    return wants_notifications(mail) and state_of(mail) == ApplicationState.SUBMITTED


# Samples for the previews in the admin: invented, and stored nowhere


APPLICANT = Variable("organisation", "application.title", gettext_lazy("The name of the organisation"))
LAST_DAY = Variable(
    "last_day", 'ends_at|date:"j F Y"', gettext_lazy("The day after which the draft is deleted"), required=True, typed=False
)
REMINDER = gettext_lazy("in a reminder")


def sample_application(**fields: Any) -> dict[str, Any]:
    """Return the context of a sample email about an application with these fields."""
    application = Application(
        pk=0,
        name=_("Midwives of Example"),
        country="UG",
        representative_name="Ada Example",
        work=_("It trains midwives in rural clinics, and speaks for them."),
        promised_on=date(2026, 12, 1),
        decision_message=_("A paragraph that the secretariat adds."),
        **fields,
    )
    return {"application": application, "application_url": tokens.sample_url(PAGES[APPLICATION])}


def sample_not_me() -> dict[str, str]:
    """Return the context of a sample email with a link to report "this wasn't me"."""
    return {"disown_url": tokens.sample_url(PAGES[NOT_ME])}


@email_template(
    "members/resume", gettext_lazy("Joining: the link to go on"), APPLICANT, draft=gettext_lazy("while it is a draft"), cause=Cause.STRANGER
)
def _sample_resume() -> dict[str, Any]:
    return sample_application(state=ApplicationState.DRAFT) | sample_not_me()


@email_template("members/invitation", gettext_lazy("Joining: a colleague is invited"), APPLICANT, cause=Cause.STRANGER)
def _sample_invitation() -> dict[str, Any]:
    return sample_application() | {"may_edit": True} | sample_not_me()


@email_template("members/submitted", gettext_lazy("Joining: the application has arrived"), APPLICANT, cause=Cause.HOLDER)
def _sample_submitted() -> dict[str, Any]:
    return sample_application(state=ApplicationState.SUBMITTED)


@email_template("members/withdrawn", gettext_lazy("Joining: withdrawn"), APPLICANT, cause=Cause.HOLDER)
def _sample_withdrawn() -> dict[str, Any]:
    return sample_application(state=ApplicationState.WITHDRAWN)


@email_template("members/draft_expiring", gettext_lazy("Joining: a draft is about to be deleted"), APPLICANT, LAST_DAY, cause=Cause.HOLDER)
def _sample_draft_expiring() -> dict[str, Any]:
    return sample_application(state=ApplicationState.DRAFT) | {"ends_at": timezone.now()}


@email_template(
    "members/answers_arrived", gettext_lazy("Colleagues: an applicant has answered"), APPLICANT, to_colleagues=True, cause=Cause.HOLDER
)
@email_template(
    "members/application_arrived", gettext_lazy("Colleagues: a new application"), APPLICANT, to_colleagues=True, cause=Cause.HOLDER
)
def _sample_application_arrived() -> dict[str, Any]:
    return sample_application(state=ApplicationState.SUBMITTED) | {"account_url": absolute("/admin/")}
