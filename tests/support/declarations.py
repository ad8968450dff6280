"""Declarations and endorsements for tests, made through the workflow as people would."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from endorsements.declarations import workflow as declarations
from endorsements.deliveries import workflow as deliveries
from endorsements.models import DeclarationPage, Delivery, Endorsement, SignOn
from endorsements.models.sign_on import sign_on_of
from endorsements.responses import workflow as responses
from endorsements.signing import workflow as signing
from endorsements.signing.submission import Submission
from endorsements.signing.workflow import Outcome
from endorsements.states import Kind
from members.models import Contact, Organisation

from .members import make_organisation
from .news import make_post

ORGANISATION: dict[str, Any] = {
    "kind": Kind.ORGANISATION,
    "name": "Midwives of Gulu",
    "country": "UG",
    "website": "https://midwives-gulu.example/",
    "organisation_kind": "ngo",
    "signatory": "Akello Apio",
    "role": "Director",
    "email": "akello@midwives-gulu.example",
    "authorised": True,
}
PERSON: dict[str, Any] = {
    "kind": Kind.PERSON,
    "name": "Ngozi Okafor",
    "country": "NG",
    "role": "Nurse",
    "affiliation": "Enugu Clinic",
    "email": "ngozi@example.net",
    "show_name": True,
}


def make_declaration(title: str = "Pay health workers", *, text: str = "Pay them on time.", live: bool = True, **fields: Any) -> Any:
    """A declaration whose sign-on is a draft; the page is public unless `live` is False."""
    fields.setdefault("standfirst", "What we ask for.")
    return make_post(title, text=text, cls=DeclarationPage, live=live, **fields)


def open_declaration(title: str = "Pay health workers", **fields: Any) -> Any:
    """A declaration that takes endorsements until a week from now. The minutes in which emails to members can be stopped are over."""
    now = timezone.now()
    page = make_declaration(title, **{"closes_at": now + timedelta(days=7), **fields})
    declarations.open_sign_on(sign_on_of(page), by=None, now=now)
    SignOn.objects.filter(declaration=page, ask_members_at__isnull=False).update(ask_members_at=now)
    return DeclarationPage.objects.get(pk=page.pk)


def change_text(page: Any, text: str) -> Any:
    """The draft that an editor saved, with other words."""
    draft = DeclarationPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    draft.body = [("text", f"<p>{text}</p>")]
    draft.save_revision()
    return draft


def typed(base: dict[str, Any] = ORGANISATION, **changes: Any) -> Submission:
    return Submission(**{**base, **changes})


def recorded(name: str = ORGANISATION["name"], website: str = ORGANISATION["website"], **fields: Any) -> Organisation:
    """The organisation as the secretariat recorded it: its domain is known, so what is confirmed from there is verified."""
    return make_organisation(name, category="", website=website, **{"country": "UG", **fields})


def submitted(page: Any, base: dict[str, Any] = ORGANISATION, *, over_limit: bool = False, **changes: Any) -> Endorsement:
    """An endorsement as it is after the form."""
    told = typed(base, **changes)
    signing.submit(page, told, over_limit=over_limit, now=timezone.now())
    return Endorsement.objects.for_declaration(page).filter(key=told.key).latest("pk")


def confirmed(page: Any, base: dict[str, Any] = ORGANISATION, **changes: Any) -> Endorsement:
    """An endorsement whose holder has pressed the button in the mail."""
    endorsement = submitted(page, base, **changes)
    signing.confirm(endorsement, version=sign_on_of(page).version, now=timezone.now())
    endorsement.refresh_from_db()
    return endorsement


def endorse(page: Any, contact: Contact) -> Outcome:
    """The button of a member, pressed by this contact."""
    return responses.endorse(page, contact, version=sign_on_of(page).version, now=timezone.now())


HANDED_OVER: dict[str, Any] = {"recipient": "The Minister of Health", "delivered_on": date(2026, 3, 2), "method": "in person, in Kampala"}


def closed(page: Any, *, days_ago: int = 10) -> SignOn:
    """The sign-on, closed; with ten days the days of grace are over too."""
    standing = sign_on_of(page)
    declarations.close(standing, by=None, now=timezone.now() - timedelta(days=days_ago))
    return standing


def delivered(page: Any, **changes: Any) -> Delivery:
    """The delivery of a declaration that was open."""
    return deliveries.deliver(closed(page), **{**HANDED_OVER, **changes}, by=None, now=timezone.now())
