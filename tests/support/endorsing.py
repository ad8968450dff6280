"""What a visitor does with the form and the links in mails, for tests that go through the door."""

import email
import email.policy
import re
from datetime import timedelta
from typing import Any

import html5lib
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from core.models import OutgoingMail
from endorsements.declarations import workflow as declarations
from endorsements.models import Endorsement
from endorsements.models.sign_on import sign_on_of
from endorsements.signing import emails as signing_emails

from .declarations import change_text, submitted

ORGANISATION_FORM = {
    "as": "organisation",
    "name": "Midwives of Gulu",
    "acronym": "MoG",
    "country": "UG",
    "website": "midwives-gulu.example",
    "organisation_kind": "ngo",
    "signatory": "Akello Apio",
    "role": "Director",
    "email": "akello@midwives-gulu.example",
    "authorised": "on",
}
PERSON_FORM = {
    "as": "person",
    "name": "Ngozi Okafor",
    "country": "NG",
    "role": "Nurse",
    "affiliation": "Enugu Clinic",
    "email": "ngozi@example.net",
    "show_name": "on",
}
# An address that proves nothing of the organisation.
ELSEWHERE = {"email": "akello@elsewhere.example"}


def parsed(response: Any) -> Any:
    """The page, which must be HTML without a mistake in it."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(response.content)


def hidden(response: Any) -> dict[str, str]:
    """What the form on the page carries along."""
    return {field.get("name"): field.get("value") for field in parsed(response).iter("input") if field.get("type") == "hidden"}


def words(response: Any) -> str:
    """What the page says between header and footer."""
    return " ".join("".join(parsed(response).find(".//main").itertext()).split())


def began(address: str) -> str:
    """The signed time of a form that was opened a minute ago."""
    with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=False):
        return hidden(Client().get(address))["began"]


def filled(address: str, form: dict[str, str] = ORGANISATION_FORM, **changes: str) -> dict[str, str]:
    """The form filled in, by somebody who took a minute."""
    return {**form, "began": began(address), **changes}


def sent(address: str, form: dict[str, str] = ORGANISATION_FORM, *, client: Client | None = None, **changes: str) -> Any:
    """The answer to the whole form: filled in, looked at once more, sent."""
    client = client or Client()
    review = client.post(address, filled(address, form, **changes))
    return client.post(address, {**hidden(review), "step": "send"})


def the_only(page: Any) -> Endorsement:
    return Endorsement.objects.for_declaration(page).get()


def mails(letter: str = "") -> list[OutgoingMail]:
    """What stands in the outbox, the oldest first: all, or those of one letter ("confirm")."""
    found = OutgoingMail.objects.order_by("pk")
    return list(found.filter(purpose=f"endorsements.{letter}") if letter else found)


def text_of(mail: OutgoingMail) -> str:
    message: Any = email.message_from_bytes(bytes(mail.content), policy=email.policy.default)
    return str(message.get_body(("plain",)).get_content())


def link_in(mail: OutgoingMail, kind: str) -> str:
    """The path of the link of this kind ("confirm", "not-me", "manage") in the mail."""
    [found] = set(re.findall(rf"/endorsements/{kind}/[\w-]{{43}}/", text_of(mail)))
    return str(found)


def press(path: str, client: Client | None = None, **data: str) -> Any:
    """Press the button of the page at this path, with what its form carries."""
    client = client or Client()
    return client.post(path, {**hidden(client.get(path)), **data})


def link_of(endorsement: Endorsement, purpose: str) -> str:
    """The path of a new link."""
    with transaction.atomic():
        return "/endorsements/" + signing_emails.link(endorsement, purpose).partition("/endorsements/")[2]


def waiting(declaration: Any, base: Any = None, **changes: Any) -> tuple[Endorsement, str]:
    """One that waits for its confirmation, and the link in its mail."""
    row = submitted(declaration, **({"base": base} if base else {}), **changes)
    return row, link_in(mails("confirm")[-1], "confirm")


def new_text(declaration: Any, text: str = "Pay them on time, and enough.", *, is_new: bool = True) -> None:
    """The declaration with another text, as a new version or a correction."""
    draft = change_text(declaration, text)
    declarations.publish_text(sign_on_of(draft), is_new=is_new, note="We say how much.", by=None, now=timezone.now())
