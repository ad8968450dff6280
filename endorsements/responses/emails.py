"""The emails that ask a member to endorse, each with a link of its own for each contact asked.

A link names declaration and contact, so that it still works when organisations are merged; what it may do is checked when it is used. It
works until the declaration closes. The emails are about the contact: erasing one erases the other.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.links import tokens
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import email_template
from core.mail.wording import Variable
from core.models import OutgoingMail
from endorsements.models import DeclarationPage, Invitation
from endorsements.signing.emails import DECLARATION, public_address, sample
from members.applications.emails import NOT_ME, sample_not_me
from members.applications.emails import link as not_me_link
from members.models import Contact, Organisation
from members.models.subjects import subject as subject_of_contact

from .queries import is_asked_about, may_answer, standing_of

ANSWER = "endorsements.answer"
PAGE = "declaration_answer"
LIFETIME = timedelta(days=400)  # and never beyond the closing: then its page says so
INVITED, REMINDED = "invited", "reminded"
MEMBER = Variable("organisation", "organisation.name", gettext_lazy("The name of the organisation"))
SHORT_NAME = Variable("short_name", "organisation.short", gettext_lazy("Its short name, or else the name"))


def subject(page: DeclarationPage, contact: Contact) -> str:
    """The name of this question to this contact in links and in the keys of emails."""
    return f"declaration:{page.pk}:contact:{contact.pk}"


def found_by(subject: str) -> tuple[DeclarationPage | None, Contact | None]:
    """The declaration and the contact that a link or the key of an email names; None for what is gone."""
    _declaration, page, _contact, contact = subject.split(":")[:4]
    return (
        DeclarationPage.for_reading().filter(pk=page).first(),
        Contact.objects.select_related("organisation").filter(pk=contact).first(),
    )


def link(page: DeclarationPage, contact: Contact) -> str:
    """The address of a new link to answer."""
    return tokens.make_url(PAGE, purpose=ANSWER, subject=subject(page, contact), lifetime=LIFETIME)


def write(name: str, page: DeclarationPage, contact: Contact, organisation: Organisation) -> bool:
    """Ask the contact (INVITED), or remind them (REMINDED), once each."""
    return send(
        f"endorsements/{name}",
        to=contact.email,
        about=subject_of_contact(contact),
        key=(subject(page, contact), name),
        context={
            "declaration": page,
            "declaration_url": public_address(page),
            "organisation": organisation,
            "closes_at": page.closes_at,
        },
        links={"answer_url": partial(link, page, contact), "disown_url": partial(not_me_link, contact, NOT_ME)},
    )


def never_written_to(page: DeclarationPage, asked: Mapping[int, list[Contact]]) -> dict[int, list[Contact]]:
    """Those contacts, by organisation, who have had no email with a link to answer about it."""
    known = tokens.subjects_with_link((subject(page, one) for contacts in asked.values() for one in contacts), purpose=ANSWER)
    new = {pk: [one for one in contacts if subject(page, one) not in known] for pk, contacts in asked.items()}
    return {pk: contacts for pk, contacts in new.items() if contacts}


@still_wanted(f"endorsements.{INVITED}")
@still_wanted(f"endorsements.{REMINDED}")
def is_awaited(mail: OutgoingMail) -> bool:
    """It is still open, nobody at the organisation has answered meanwhile, and this contact still answers for it."""
    now, (page, contact) = timezone.now(), found_by(mail.key)
    if page is None or contact is None or not is_asked_about(page, now) or not may_answer(contact):
        return False
    awaited = Invitation.objects.under(page).unsettled(now).filter(organisation=contact.organisation)
    return standing_of(page, contact.organisation) is None and awaited.exists()


@email_template(f"endorsements/{INVITED}", gettext_lazy("Member: does your organisation endorse this?"), DECLARATION, MEMBER, SHORT_NAME)
@email_template(f"endorsements/{REMINDED}", gettext_lazy("Member: we have not heard from you"), DECLARATION, MEMBER, SHORT_NAME)
def _sample_invited() -> dict[str, Any]:
    """Sample values for the preview in the admin. Invented, and stored nowhere."""
    values = {key: value for key, value in sample().items() if key != "endorsement"}
    organisation = Organisation(name=_("Midwives of Example"), acronym="MoE")
    links = {"answer_url": tokens.sample_url(PAGE)} | sample_not_me()
    return values | {"organisation": organisation, "closes_at": timezone.now()} | links
