"""The emails that ask the contacts of a member to endorse, each with a link of its own.

A link refers to declaration and contact, so that it still works after organisations are merged. The emails are about the contact:
erasing the contact erases them.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.absolute_urls import absolute
from core.links import tokens
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import Cause, compose, email_template
from core.mail.wording import Variable
from core.models import OutgoingMail
from endorsements.models import DeclarationPage, Invitation
from endorsements.signing.emails import DECLARATION, public_url, sample
from members.applications.emails import NOT_ME, sample_not_me
from members.applications.emails import link as not_me_link
from members.models import Contact, Organisation
from members.models.subjects import subject as subject_of_contact

from .queries import asks_members, endorsement_of, may_answer

ANSWER = "endorsements.answer"
URL_NAME = "declaration_answer"
LIFETIME = timedelta(days=400)  # the page behind it says so once the declaration is closed
INVITED, REMINDED, INVITED_TO_SEVERAL = "invited", "reminded", "invited_to_several"
MEMBER = Variable("organisation", "organisation.name", gettext_lazy("The name of the organisation"))
SHORT_NAME = Variable("short_name", "organisation.short_name", gettext_lazy("Its short name, or else the name"))


def subject(page: DeclarationPage, contact: Contact) -> str:
    """What links and the keys of emails store to refer to a declaration and a contact."""
    return f"declaration:{page.pk}:contact:{contact.pk}"


def find_by_subject(subject: str) -> tuple[DeclarationPage | None, Contact | None]:
    """The declaration and the contact that a link or the key of an email refers to; None for what is gone."""
    _declaration, page, _contact, contact = subject.split(":")[:4]
    return (
        DeclarationPage.for_reading().filter(pk=page).first(),
        Contact.objects.select_related("organisation").filter(pk=contact).first(),
    )


def link(page: DeclarationPage, contact: Contact) -> str:
    """The URL of a new link to answer."""
    return tokens.make_url(URL_NAME, purpose=ANSWER, subject=subject(page, contact), lifetime=LIFETIME)


def ask(name: str, page: DeclarationPage, contact: Contact, organisation: Organisation) -> bool:
    """Ask the contact (INVITED), or remind them (REMINDED), once each."""
    return send(
        f"endorsements/{name}",
        to=contact.email,
        about=subject_of_contact(contact),
        key=(subject(page, contact), name),
        context={
            "declaration": page,
            "declaration_url": public_url(page),
            "organisation": organisation,
            "closes_at": page.closes_at,
        },
        links={"answer_url": partial(link, page, contact), "disown_url": partial(not_me_link, contact, NOT_ME)},
    )


def ask_about_several(pages: Sequence[DeclarationPage], contact: Contact, organisation: Organisation) -> bool:
    """Ask the contact about several open declarations in one email, each with a link of its own."""
    return send(
        f"endorsements/{INVITED_TO_SEVERAL}",
        to=contact.email,
        about=subject_of_contact(contact),
        key=(subject_of_contact(contact), "declarations", "-".join(str(page.pk) for page in pages)),
        context={"organisation": organisation, "count": len(pages)},
        links={
            "questions": lambda: [{"declaration": page, "closes_at": page.closes_at, "answer_url": link(page, contact)} for page in pages],
            "disown_url": partial(not_me_link, contact, NOT_ME),
        },
    )


def preview(name: str, page: DeclarationPage, organisation: Organisation, contact: Contact) -> EmailMultiAlternatives:
    """The email that asks (INVITED) or reminds (REMINDED) this contact, to be read before it is sent."""
    context = {
        "declaration": page,
        "declaration_url": absolute(page.get_url() or "/"),
        "organisation": organisation,
        "closes_at": page.closes_at,
        "answer_url": tokens.sample_url(URL_NAME),
    }
    return compose(f"endorsements/{name}", to=contact.email, context=context | sample_not_me())


def not_yet_emailed(page: DeclarationPage, asked: Mapping[int, list[Contact]]) -> dict[int, list[Contact]]:
    """Those of the contacts, by organisation, who were never emailed a link to answer about this declaration."""
    known = tokens.subjects_with_link((subject(page, one) for contacts in asked.values() for one in contacts), purpose=ANSWER)
    new = {pk: [one for one in contacts if subject(page, one) not in known] for pk, contacts in asked.items()}
    return {pk: contacts for pk, contacts in new.items() if contacts}


@still_wanted(f"endorsements.{INVITED}")
@still_wanted(f"endorsements.{REMINDED}")
def is_awaited(mail: OutgoingMail) -> bool:
    """The declaration is still open, the organisation has not answered, and this contact still answers for it."""
    now, (page, contact) = timezone.now(), find_by_subject(mail.key)
    if page is None or contact is None or not asks_members(page, now) or not may_answer(contact):
        return False
    awaited = Invitation.objects.for_declaration(page).awaiting_answer(now).filter(organisation=contact.organisation)
    return endorsement_of(page, contact.organisation) is None and awaited.exists()


@still_wanted(f"endorsements.{INVITED_TO_SEVERAL}")
def are_awaited(mail: OutgoingMail) -> bool:
    """All of its declarations are still open, this contact still answers, and the organisation has something to answer."""
    about, _declarations, keys = mail.key.rpartition(":declarations:")
    contact = Contact.objects.select_related("organisation").filter(pk=int(about.rpartition(":")[2])).first()
    pages, now = list(DeclarationPage.for_reading().filter(pk__in=keys.split("-"))), timezone.now()
    if contact is None or not may_answer(contact) or not pages or not all(asks_members(page, now) for page in pages):
        return False
    awaited = Invitation.objects.filter(declaration__in=pages, organisation=contact.organisation).awaiting_answer(now)
    return any(endorsement_of(row.declaration, contact.organisation) is None for row in awaited.select_related("declaration"))


@email_template(
    f"endorsements/{INVITED}",
    gettext_lazy("Member: does your organisation endorse this?"),
    DECLARATION,
    MEMBER,
    SHORT_NAME,
    cause=Cause.COLLEAGUE,
)
@email_template(
    f"endorsements/{REMINDED}", gettext_lazy("Member: we have not heard from you"), DECLARATION, MEMBER, SHORT_NAME, cause=Cause.COLLEAGUE
)
def _sample_invited() -> dict[str, Any]:
    """Made-up values for the preview in the admin."""
    values = {key: value for key, value in sample().items() if key != "endorsement"}
    organisation = Organisation(name=_("Midwives of Example"), acronym="MoE")
    links = {"answer_url": tokens.sample_url(URL_NAME)} | sample_not_me()
    return values | {"organisation": organisation, "closes_at": timezone.now()} | links


@email_template(
    f"endorsements/{INVITED_TO_SEVERAL}",
    gettext_lazy("Member: does your organisation endorse these?"),
    MEMBER,
    SHORT_NAME,
    cause=Cause.COLLEAGUE,
)
def _sample_invited_to_several() -> dict[str, Any]:
    values = _sample_invited()
    question = {name: values[name] for name in ("declaration", "closes_at", "answer_url")}
    return {"organisation": values["organisation"], "count": 2, "questions": [question, question]} | sample_not_me()
