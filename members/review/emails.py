"""Emails of the secretariat about an application: questions, welcome and refusal."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.emails import colleagues, notify, wants_notifications
from core.absolute_urls import absolute
from core.dates import site_today
from core.links import tokens
from core.mail.addresses import canonical_address
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import Cause, compose, email_template
from core.mail.wording import Variable
from core.models import OutgoingMail
from members.applications.emails import APPLICANT, NOT_ME, REMINDER, link, sample_application, sample_not_me, send_to_applicant, state_of
from members.models import Application, Contact, Membership, Organisation, Question
from members.models.subjects import find_subject, subject
from members.states import ApplicationState, DeclineReason

CHANGE = "members.change_application"
# The purpose of the link with which a contact confirms their address, the name of its view and its lifetime.
CONFIRM_CONTACT, CONFIRM_CONTACT_PAGE, CONFIRM_CONTACT_LIFETIME = "members.confirm_contact", "member_confirm_contact", timedelta(days=60)


def questions(application: Application, *, now: datetime, reminder: str = "") -> bool:
    """Send the open questions, or the `reminder` of them (the step: "7", "21")."""
    asked = list(application.open_questions())
    key = f"questions:{asking_round(application)}:{reminder}"
    return send_to_applicant("members/questions", application, key, questions=asked, reminder=bool(reminder))


def asking_round(application: Application) -> str:
    """The time of asking, as in the keys of emails: an application may be asked several times."""
    return f"{application.asked_at:%Y%m%d%H%M%S%f}"


def welcome(application: Application, *, now: datetime) -> bool:
    """Welcome the applicant, and the contacts whose address is confirmed; the others are asked to confirm it first."""
    unconfirmed = Contact.objects.filter(organisation=application.organisation, confirmed_at=None)
    for contact in unconfirmed.order_by("pk"):
        confirm_contact(contact)
    waiting = {contact.address_key for contact in unconfirmed}
    typed = (application.representative_email, application.email)
    addresses = dict.fromkeys(address.lower() for address in typed if address and canonical_address(address) not in waiting)
    about, context = subject(application), _welcome_context(application, application.organisation)
    written = []
    for number, address in enumerate(addresses):
        contact = Contact.objects.for_address(address).filter(organisation=application.organisation).first()
        links = {"disown_url": partial(link, contact, NOT_ME)} if contact else {}
        written.append(send("members/welcome", to=address, about=about, key=(about, "welcome", number), context=context, links=links))
    return any(written)


def confirm_contact(contact: Contact) -> bool:
    """Ask somebody whose address an applicant typed to confirm that they speak for the organisation. Each call sends another email."""
    return send(
        "members/contact_confirm",
        to=contact.email,
        about=subject(contact),
        key=(subject(contact), "confirm"),
        context={"organisation": contact.organisation, "roles": ", ".join(contact.roles)},
        links={"confirm_url": partial(_confirm_link, contact), "disown_url": partial(link, contact, NOT_ME)},
        is_repeatable=True,
    )


def _confirm_link(contact: Contact) -> str:
    return tokens.make_url(CONFIRM_CONTACT_PAGE, purpose=CONFIRM_CONTACT, subject=subject(contact), lifetime=CONFIRM_CONTACT_LIFETIME)


def welcome_preview(application: Application, organisation: Organisation) -> EmailMultiAlternatives:
    """Return the email that `welcome` would send for this organisation, to read before the decision."""
    is_proven = canonical_address(application.representative_email) == application.address_key
    to = application.representative_email if is_proven else application.email
    return compose("members/welcome", to=to, context=_welcome_context(application, organisation))


def _welcome_context(application: Application, organisation: Organisation | None) -> dict[str, Any]:
    page_url = absolute(reverse("member", args=(organisation.slug,))) if organisation and organisation.slug else ""
    return {
        "application": application,
        "organisation": organisation,
        "page_url": page_url,
        "link_url": absolute(reverse("member_link")),
    }


def declined(application: Application, *, now: datetime) -> bool:
    """Tell the applicant that the application is declined, and why."""
    about = subject(application)
    return send("members/declined", to=application.email, about=about, key=(about, "declined"), context={"application": application})


def declined_preview(application: Application) -> EmailMultiAlternatives:
    """Return the email that `declined` would send, to read before the decision."""
    return compose("members/declined", to=application.email, context={"application": application})


def late(application: Application) -> int:
    """Tell whoever takes care of it, else all who decide on applications, that its promised day has passed."""
    return _notify("members/application_late", application, f"late:{application.promised_on}", person=application.assigned_to)


def assigned(application: Application, *, by: Any) -> int:
    """Tell a colleague that an application is theirs now, unless they took it themselves."""
    person = application.assigned_to
    if person is None or not colleagues(CHANGE).filter(pk=person.pk).exists():
        return 0
    return _notify("members/application_assigned", application, f"assigned:{timezone.now():%Y%m%d%H%M%S%f}", person=person, besides=by)


def _notify(template: str, application: Application, what: str, **who: Any) -> int:
    about = subject(application)
    context = {"application": application, "application_url": absolute(reverse("applications:inspect", args=(application.pk,)))}
    return notify(CHANGE, template, context, key=(about, what), about=about, **who)


# Still wanted?


@still_wanted("members.application_late")
def is_late(mail: OutgoingMail) -> bool:
    row = find_subject(mail.about)
    overdue = Application.objects.overdue(site_today())
    return wants_notifications(mail) and isinstance(row, Application) and overdue.filter(pk=row.pk).exists()


@still_wanted("members.application_assigned")
def is_assigned(mail: OutgoingMail) -> bool:
    row = find_subject(mail.about)
    is_theirs = isinstance(row, Application) and row.is_open and row.assigned_to is not None and row.assigned_to.email == mail.recipient
    return wants_notifications(mail) and is_theirs


@still_wanted("members.questions")
def is_asked(mail: OutgoingMail) -> bool:
    """The questions are still open: not answered, and no others asked since."""
    row = find_subject(mail.about)
    is_open = state_of(mail) == ApplicationState.MORE_INFORMATION and isinstance(row, Application)
    return is_open and f"questions:{asking_round(row)}:" in mail.key


@still_wanted("members.declined")
def is_declined(mail: OutgoingMail) -> bool:
    return state_of(mail) == ApplicationState.DECLINED


@still_wanted("members.welcome")
def is_member(mail: OutgoingMail) -> bool:
    """It is accepted, and its membership has not ended since."""
    row = find_subject(mail.about)
    is_accepted = state_of(mail) == ApplicationState.ACCEPTED and isinstance(row, Application)
    return is_accepted and Membership.objects.on(site_today()).filter(organisation=row.organisation_id).exists()


@still_wanted("members.contact_confirm")
def is_unconfirmed(mail: OutgoingMail) -> bool:
    contact = find_subject(mail.about)
    return isinstance(contact, Contact) and contact.confirmed_at is None


# Samples for the previews in the admin: invented, and stored nowhere


MEMBER = Variable("organisation", "organisation.name", gettext_lazy("The name of the organisation"))


def sample_organisation() -> Organisation:
    return Organisation(pk=0, name=_("Midwives of Example"), slug="midwives-of-example", country="UG")


@email_template("members/questions", gettext_lazy("Joining: questions"), APPLICANT, reminder=REMINDER, cause=Cause.COLLEAGUE)
def _sample_questions() -> dict[str, Any]:
    asked = [Question(field="work", text=_("How many midwives do you reach?")), Question(text=_("Who may speak for you in Geneva?"))]
    return sample_application(state=ApplicationState.MORE_INFORMATION) | {"questions": asked, "reminder": True}


@email_template(
    "members/application_late",
    gettext_lazy("Colleagues: the promised day has passed"),
    APPLICANT,
    to_colleagues=True,
    cause=Cause.COLLEAGUE,
    typed=("application",),
)
@email_template(
    "members/application_assigned",
    gettext_lazy("Colleagues: an application is yours"),
    APPLICANT,
    to_colleagues=True,
    cause=Cause.COLLEAGUE,
    typed=("application",),
)
def _sample_for_colleagues() -> dict[str, Any]:
    return sample_application(state=ApplicationState.CHECKING) | {"account_url": absolute("/admin/")}


@email_template("members/declined", gettext_lazy("Joining: declined"), APPLICANT, cause=Cause.COLLEAGUE)
def _sample_declined() -> dict[str, Any]:
    return sample_application(state=ApplicationState.DECLINED, decline_reason=DeclineReason.UNVERIFIED)


@email_template("members/welcome", gettext_lazy("Joining: welcome"), MEMBER, observer=gettext_lazy("to an observer"), cause=Cause.COLLEAGUE)
def _sample_welcome() -> dict[str, Any]:
    organisation = sample_organisation()
    page_url = absolute(reverse("member", args=(organisation.slug,)))
    values = {"organisation": organisation, "page_url": page_url, "link_url": absolute(reverse("member_link"))}
    return sample_application(state=ApplicationState.ACCEPTED) | values | sample_not_me()


@email_template(
    "members/contact_confirm", gettext_lazy("Members: confirm that you speak for the organisation"), MEMBER, cause=Cause.STRANGER
)
def _sample_contact_confirm() -> dict[str, Any]:
    values = {"organisation": sample_organisation(), "roles": _("voting representative")}
    return values | {"confirm_url": tokens.sample_url(CONFIRM_CONTACT_PAGE)} | sample_not_me()
