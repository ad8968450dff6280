"""The emails with which the secretariat answers an application: questions, the welcome and the refusal."""

from datetime import datetime
from functools import partial
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.absolute_urls import absolute
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import compose, email_template
from core.mail.wording import Variable
from core.models import OutgoingMail
from members.applications.emails import APPLICANT, NOT_ME, REMINDER, link, sample_application, sample_not_me, send_to_applicant, state_of
from members.models import Application, Contact, Organisation, Question
from members.models.subjects import subject
from members.states import DeclineReason, State


def questions(application: Application, *, now: datetime, reminder: str = "") -> bool:
    """The open questions, or `reminder` of them (its step: "7", "21")."""
    asked = list(application.questions_open())
    key = f"questions:{application.asked_at:%Y%m%d%H%M%S%f}:{reminder}"
    return send_to_applicant("members/questions", application, key, questions=asked, reminder=bool(reminder))


def welcome(application: Application, *, now: datetime) -> bool:
    """To the representative and the applicant, once if they have the same address."""
    addresses = dict.fromkeys(address.lower() for address in (application.representative_email, application.email) if address)
    about, context = subject(application), _welcome_context(application, application.organisation)
    written = []
    for number, address in enumerate(addresses):
        contact = Contact.objects.of_address(address).filter(organisation=application.organisation).first()
        links = {"disown_url": partial(link, contact, NOT_ME)} if contact else {}
        written.append(send("members/welcome", to=address, about=about, key=(about, "welcome", number), context=context, links=links))
    return any(written)


def welcome_preview(application: Application, organisation: Organisation) -> EmailMultiAlternatives:
    """The email that `welcome` would write if the application is this organisation's, to read before the decision."""
    return compose("members/welcome", to=application.representative_email, context=_welcome_context(application, organisation))


def _welcome_context(application: Application, organisation: Organisation | None) -> dict[str, Any]:
    return {"application": application, "organisation": organisation, "link_url": absolute(reverse("member_link"))}


def declined(application: Application, *, now: datetime) -> bool:
    about = subject(application)
    return send("members/declined", to=application.email, about=about, key=(about, "declined"), context={"application": application})


def declined_preview(application: Application) -> EmailMultiAlternatives:
    """The email that `declined` would write, to read before the decision."""
    return compose("members/declined", to=application.email, context={"application": application})


# Still wanted?


@still_wanted("members.questions")
def is_asked(mail: OutgoingMail) -> bool:
    return state_of(mail) == State.MORE_INFORMATION


@still_wanted("members.declined")
def is_declined(mail: OutgoingMail) -> bool:
    return state_of(mail) == State.DECLINED


@still_wanted("members.welcome")
def is_accepted(mail: OutgoingMail) -> bool:
    return state_of(mail) == State.ACCEPTED


# Samples for the previews in the admin: invented, and stored nowhere


MEMBER = Variable("organisation", "organisation.name", gettext_lazy("The name of the organisation"))


def sample_organisation() -> Organisation:
    return Organisation(pk=0, name=_("Midwives of Example"), slug="midwives-of-example", country="UG")


@email_template("members/questions", gettext_lazy("Joining: questions"), APPLICANT, reminder=REMINDER)
def _sample_questions() -> dict[str, Any]:
    asked = [Question(field="work", text=_("How many midwives do you reach?")), Question(text=_("Who may speak for you in Geneva?"))]
    return sample_application(state=State.MORE_INFORMATION) | {"questions": asked, "reminder": True}


@email_template("members/declined", gettext_lazy("Joining: declined"), APPLICANT)
def _sample_declined() -> dict[str, Any]:
    return sample_application(state=State.DECLINED, decline_reason=DeclineReason.UNVERIFIED)


@email_template("members/welcome", gettext_lazy("Joining: welcome"), MEMBER, observer=gettext_lazy("to an observer"))
def _sample_welcome() -> dict[str, Any]:
    values = {"organisation": sample_organisation(), "link_url": absolute(reverse("member_link"))}
    return sample_application(state=State.ACCEPTED) | values | sample_not_me()
