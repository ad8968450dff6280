"""What the previews of the members' mails show in the admin: invented, and nowhere stored."""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.absolute_urls import absolute
from core.mail.templates import letter
from core.mail.wording import Variable

from .emails import APPLICATION, NOT_ME, PAGES, PROFILE, VOTE, YEAR
from .models import Application, Ballot, Organisation, ProfileChange, Question, Vote
from .states import ChangeState, DeclineReason, Rule, State

APPLICANT = Variable("organisation", "application.title", gettext_lazy("The name of the organisation"))
MEMBER = Variable("organisation", "organisation.name", gettext_lazy("The name of the organisation"))
SEAT = Variable("seat", "vote.organisation_name", gettext_lazy("The organisation that has the seat"))
LAST_DAY = Variable("last_day", 'ends_at|date:"j F Y"', gettext_lazy("The day after which the draft is deleted"), kept=True)
HIDDEN_DAY = Variable("hidden_day", 'hidden_on|date:"j F Y"', gettext_lazy("The day on which it leaves the directory"), kept=True)
REMINDER = gettext_lazy("in a reminder")


def _address(purpose: str) -> str:
    return absolute(reverse(PAGES[purpose], args=("sample",)))


def _application(**fields: Any) -> dict[str, Any]:
    application = Application(
        pk=0,
        name=_("Midwives of Example"),
        country="UG",
        representative_name="Ada Example",
        work=_("It trains midwives in rural clinics, and speaks for them."),
        promised_on=date(2026, 12, 1),
        letter=_("A paragraph that the secretariat adds."),
        **fields,
    )
    return {"application": application, "application_url": _address(APPLICATION)}


def _organisation() -> Organisation:
    return Organisation(pk=0, name=_("Midwives of Example"), slug="midwives-of-example", country="UG")


@letter("members/resume", gettext_lazy("Joining: the link to go on"), APPLICANT, draft=gettext_lazy("while it is a draft"))
def _sample_resume() -> dict[str, Any]:
    return _application(state=State.DRAFT) | {"disown_url": _address(NOT_ME)}


@letter("members/invitation", gettext_lazy("Joining: a colleague is invited"), APPLICANT)
def _sample_invitation() -> dict[str, Any]:
    return _application() | {"may_edit": True, "disown_url": _address(NOT_ME)}


@letter("members/submitted", gettext_lazy("Joining: the application has arrived"), APPLICANT)
def _sample_submitted() -> dict[str, Any]:
    return _application(state=State.SUBMITTED)


@letter("members/questions", gettext_lazy("Joining: questions"), APPLICANT, reminder=REMINDER)
def _sample_questions() -> dict[str, Any]:
    asked = [Question(field="work", text=_("How many midwives do you reach?")), Question(text=_("Who may speak for you in Geneva?"))]
    return _application(state=State.MORE_INFORMATION) | {"questions": asked, "reminder": True}


@letter("members/withdrawn", gettext_lazy("Joining: withdrawn"), APPLICANT)
def _sample_withdrawn() -> dict[str, Any]:
    return _application(state=State.WITHDRAWN)


@letter("members/declined", gettext_lazy("Joining: declined"), APPLICANT)
def _sample_declined() -> dict[str, Any]:
    return _application(state=State.DECLINED, decline_reason=DeclineReason.UNVERIFIED)


@letter("members/welcome", gettext_lazy("Joining: welcome"), MEMBER, observer=gettext_lazy("to an observer"))
def _sample_welcome() -> dict[str, Any]:
    return _application(state=State.ACCEPTED) | {
        "organisation": _organisation(),
        "link_url": absolute(reverse("member_link")),
        "disown_url": _address(NOT_ME),
    }


@letter("members/draft_expiring", gettext_lazy("Joining: a draft is about to be deleted"), APPLICANT, LAST_DAY)
def _sample_draft_expiring() -> dict[str, Any]:
    return _application(state=State.DRAFT) | {"ends_at": timezone.now()}


@letter("members/vote", gettext_lazy("Steering committee: please vote"), APPLICANT, SEAT, reminder=REMINDER)
def _sample_vote() -> dict[str, Any]:
    application = _application()["application"]
    ballot = Ballot(pk=0, application=application, rule=Rule.NO_OBJECTION, closes_at=timezone.now() + timedelta(days=7))
    vote = Vote(pk=0, ballot=ballot, organisation_name=_("Nurses of Example"), person_name="Ada Example")
    return {"vote": vote, "ballot": ballot, "application": application, "vote_url": _address(VOTE), "reminder": True}


@letter("members/application_arrived", gettext_lazy("Colleagues: a new application"), APPLICANT)
def _sample_application_arrived() -> dict[str, Any]:
    return _application(state=State.SUBMITTED) | {"account_url": absolute("/admin/")}


@letter("members/objection", gettext_lazy("Colleagues: an objection stopped a ballot"), APPLICANT, SEAT)
def _sample_objection() -> dict[str, Any]:
    return {**_sample_vote(), "ballot_url": absolute("/admin/"), "account_url": absolute("/admin/")}


@letter("members/profile", gettext_lazy("Members: the link to the profile"), MEMBER)
def _sample_profile() -> dict[str, Any]:
    return {"organisation": _organisation(), "profile_url": _address(PROFILE)}


@letter(
    "members/profile_answer",
    gettext_lazy("Members: what came of a profile change"),
    MEMBER,
    applied=gettext_lazy("when it was applied"),
    refused=gettext_lazy("when it was refused"),
)
def _sample_profile_answer() -> dict[str, Any]:
    change = ProfileChange(pk=0, state=ChangeState.REFUSED, reason=_("The summary names a company. Please leave it out."))
    return {"change": change, "organisation": _organisation(), "is_applied": False}


@letter("members/year", gettext_lazy("Members: is this still right?"), MEMBER, HIDDEN_DAY, reminder=REMINDER)
def _sample_year() -> dict[str, Any]:
    return {
        "organisation": _organisation(),
        "hidden_on": date(2026, 12, 1),
        "year_url": _address(YEAR),
        "disown_url": _address(NOT_ME),
        "link_url": absolute(reverse("member_link")),
        "reminder": True,
    }
