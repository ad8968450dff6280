"""The mails that ask a member to endorse, each with a link of its own for each person asked.

A link names declaration and contact, so that it follows them when organisations are merged; what it may do is asked when it is used. It
can be used until the declaration closes. The mails are about the contact: whoever erases one erases them.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.absolute_urls import absolute
from core.links import tokens
from core.mail.outbox import enqueue, still_wanted
from core.mail.templates import compose, letter
from core.mail.wording import Variable
from core.models import OutgoingMail
from endorsements.models import DeclarationPage, Invitation
from endorsements.signing.emails import DECLARATION, public_address, sample
from members import emails as members_emails
from members.models import Contact, Organisation
from members.suppression import is_suppressed

from .queries import is_asked_about, may_answer, standing_of

ANSWER = "endorsements.answer"
LASTS = timedelta(days=400)  # and never beyond the closing: then it says so
INVITED, REMINDED = "invited", "reminded"
MEMBER = Variable("organisation", "organisation.name", gettext_lazy("The name of the organisation"))
SHORT_NAME = Variable("short_name", "organisation.short", gettext_lazy("Its short name, or else the name"))

logger = logging.getLogger(__name__)


def subject(page: DeclarationPage, contact: Contact) -> str:
    """What links and the keys of mails call it."""
    return f"declaration:{page.pk}:contact:{contact.pk}"


def found_by(name: str) -> tuple[DeclarationPage | None, Contact | None]:
    """The declaration and the contact that a link or a mail's key is about; None for what is gone."""
    _declaration, page, _contact, contact = name.split(":")[:4]
    return (
        DeclarationPage.for_reading().filter(pk=page).first(),
        Contact.objects.select_related("organisation").filter(pk=contact).first(),
    )


def write(letter_name: str, page: DeclarationPage, contact: Contact, organisation: Organisation) -> bool:
    """Store a mail, in the transaction that notes it. False when it was written before, or the address is none."""
    token = tokens.make(purpose=ANSWER, subject=subject(page, contact), lifetime=LASTS)
    told = {
        "declaration": page,
        "declaration_url": public_address(page),
        "organisation": organisation,
        "answer_url": absolute(reverse("declaration_answer", args=(token,))),
        "closes_at": page.closes_at,
        "disown_url": members_emails.link(contact, members_emails.NOT_ME),
    }
    try:
        return enqueue(
            compose(f"endorsements/{letter_name}", to=contact.email, context=told),
            key=f"{subject(page, contact)}:{letter_name}",
            purpose=f"endorsements.{letter_name}",
            about=members_emails.subject(contact),
            sealed=True,
        )
    except ValueError:
        logger.warning("%s has an address that no mail can have", contact)
        return False


def never_written_to(page: DeclarationPage, asked: Mapping[int, list[Contact]]) -> dict[int, list[Contact]]:
    """Those among them, by organisation, to whom no mail went with a link to answer about it."""
    known = tokens.subjects_with_link((subject(page, one) for contacts in asked.values() for one in contacts), purpose=ANSWER)
    new = {pk: [one for one in contacts if subject(page, one) not in known] for pk, contacts in asked.items()}
    return {pk: contacts for pk, contacts in new.items() if contacts}


@still_wanted(f"endorsements.{INVITED}")
@still_wanted(f"endorsements.{REMINDED}")
def is_awaited(mail: OutgoingMail) -> bool:
    """It is still open, nobody at the organisation has answered meanwhile, and this person still answers for it."""
    now, (page, contact) = timezone.now(), found_by(mail.key)
    if page is None or contact is None or not is_asked_about(page, now) or not may_answer(contact) or is_suppressed(mail.recipient):
        return False
    awaited = Invitation.objects.under(page).unsettled(now).filter(organisation=contact.organisation)
    return standing_of(page, contact.organisation) is None and awaited.exists()


@letter(f"endorsements/{INVITED}", gettext_lazy("Member: does your organisation endorse this?"), DECLARATION, MEMBER, SHORT_NAME)
@letter(f"endorsements/{REMINDED}", gettext_lazy("Member: we have not heard from you"), DECLARATION, MEMBER, SHORT_NAME)
def _sample_invited() -> dict[str, Any]:
    """What the previews in the admin show: invented, and nowhere stored."""
    told = {key: value for key, value in sample().items() if key != "endorsement"}
    return told | {
        "organisation": Organisation(name=_("Midwives of Example"), acronym="MoE"),
        "answer_url": absolute(reverse("declaration_answer", args=("sample",))),
        "closes_at": timezone.now(),
        "disown_url": absolute(reverse(members_emails.PAGES[members_emails.NOT_ME], args=("sample",))),
    }
