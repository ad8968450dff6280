"""The emails about one's own endorsement: the button to confirm it, thanks, and the link to manage it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.absolute_urls import absolute
from core.links import tokens
from core.mail.addresses import canonical_address
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import email_template
from core.mail.wording import Variable
from core.models import OutgoingMail
from endorsements.models import DeclarationPage, Endorsement, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.states import LIVE, DeclineReason, Kind, State

# The purposes of links, each with the name of its view and its lifetime.
CONFIRM = "endorsements.confirm"
DISOWN = "endorsements.disown"
MANAGE = "endorsements.manage"
SECOND = "endorsements.second"
RENEW = "endorsements.renew"
UPDATES = "endorsements.updates"
PAGES = {
    CONFIRM: "endorsement_confirm",
    DISOWN: "endorsement_disown",
    MANAGE: "endorsement_manage",
    SECOND: "endorsement_second",
    RENEW: "endorsement_renew",
    UPDATES: "endorsement_updates",
}
LIFETIMES = {
    CONFIRM: timedelta(days=30),
    DISOWN: timedelta(days=180),
    MANAGE: timedelta(days=730),
    SECOND: timedelta(days=30),
    RENEW: timedelta(days=180),
    UPDATES: timedelta(days=730),
}
REMINDER = "reminder"  # in the keys of reminders


def subject(endorsement: Endorsement) -> str:
    """The name of the endorsement in links and emails."""
    return f"endorsement:{endorsement.pk}"


def found_by(subject: str) -> Endorsement | None:
    """The endorsement that a link or an email is about; None if it is gone."""
    number = subject.removeprefix("endorsement:")
    found = Endorsement.objects.select_related("version", "declaration__sign_on__version", "organisation")
    return found.filter(pk=int(number)).first() if number.isdecimal() else None


def link(endorsement: Endorsement, purpose: str) -> str:
    """The address of a new link."""
    return tokens.make_url(PAGES[purpose], purpose=purpose, subject=subject(endorsement), lifetime=LIFETIMES[purpose])


def public_address(page: DeclarationPage) -> str:
    """The address of the declaration; '' while it is not public: under embargo, the address would reveal the title."""
    return absolute(page.get_url() or "/") if page.live and sign_on_of(page).has_public_list else ""


def endorsement_context(endorsement: Endorsement) -> dict[str, Any]:
    """What every email about an endorsement says."""
    page = endorsement.declaration
    return {"endorsement": endorsement, "declaration": page, "declaration_url": public_address(page)}


def send_about(
    template: str,
    endorsement: Endorsement,
    *key: object,
    to: str = "",
    links: dict[str, str] | None = None,
    is_repeatable: bool = False,
    **context: Any,
) -> bool:
    """Write to the holder of the endorsement, or `to` somebody else. `links` names the links it carries, each with its purpose."""
    make: dict[str, Callable[[], str]] = {name: partial(link, endorsement, purpose) for name, purpose in (links or {}).items()}
    return send(
        template,
        to=to or endorsement.email,
        about=subject(endorsement),
        key=(subject(endorsement), *key),
        context=endorsement_context(endorsement) | context,
        links=make,
        is_repeatable=is_repeatable,
    )


def confirm(endorsement: Endorsement, *, now: datetime, reminder: str = "") -> bool:
    """The email with the button to confirm, or `reminder` of it ("48h", "last day"). Each call writes another email."""
    return send_about(
        "endorsements/confirm",
        endorsement,
        REMINDER if reminder else "confirm",
        links={"confirm_url": CONFIRM, "disown_url": DISOWN},
        is_repeatable=True,
        closes_at=endorsement.declaration.closes_at,
        reminder=reminder,
    )


def stands_already(standing: Endorsement, address: str, *, is_own: bool, now: datetime) -> bool:
    """To somebody who endorses again what is endorsed, once a day. Only the holder gets the link to manage it, not a colleague."""
    who = salted_hmac("endorsements.again", canonical_address(address), algorithm="sha256").hexdigest()[:12]
    return send_about(
        "endorsements/stands_already",
        standing,
        "again",
        who,
        f"{now:%Y-%m-%d}",
        to=address,
        links={"manage_url": MANAGE} if is_own else None,
        is_own=is_own,
    )


def confirmed(endorsement: Endorsement, *, now: datetime) -> bool:
    """Thanks: it is listed now, or once the secretariat has checked it."""
    return send_about("endorsements/confirmed", endorsement, "confirmed", links={"manage_url": MANAGE, "disown_url": DISOWN})


def listed(endorsement: Endorsement, *, now: datetime) -> bool:
    """The endorsement has been checked and is in the list."""
    return send_about("endorsements/listed", endorsement, "listed", links={"manage_url": MANAGE})


def withdrawn(endorsement: Endorsement, *, now: datetime) -> bool:
    return send_about("endorsements/withdrawn", endorsement, "withdrawn")


def second(endorsement: Endorsement, *, now: datetime) -> bool:
    """Ask a second person at the organisation's own domain. An earlier one's link still works: that address is at the domain too."""
    if not endorsement.second_email:
        return False
    return send_about(
        "endorsements/second",
        endorsement,
        "second",
        to=endorsement.second_email,
        links={"second_url": SECOND},
        is_repeatable=True,
    )


def manage(endorsement: Endorsement, *, now: datetime) -> bool:
    """A new link to manage the endorsement, for a holder who lost theirs. At most one an hour."""
    return send_about("endorsements/manage", endorsement, "manage", f"{now:%Y-%m-%dT%H}", links={"manage_url": MANAGE})


# Still wanted?


@still_wanted("endorsements.confirm")
def waits_for_confirmation(mail: OutgoingMail) -> bool:
    """The first email is sent even if the organisation has endorsed meanwhile: the page behind its button says so. A reminder is not."""
    found = found_by(mail.about)
    if found is None or found.state != State.PENDING or not sign_on_of(found.declaration).takes_confirmations(timezone.now()):
        return False
    return f":{REMINDER}:" not in mail.key or not found.stands_otherwise


@still_wanted("endorsements.listed")
def is_listed(mail: OutgoingMail) -> bool:
    found = found_by(mail.about)
    return found is not None and found.state == State.LISTED


@still_wanted("endorsements.confirmed")
@still_wanted("endorsements.manage")
@still_wanted("endorsements.second")
def is_live(mail: OutgoingMail) -> bool:
    found = found_by(mail.about)
    return found is not None and found.state in LIVE


@still_wanted("endorsements.stands_already")
def is_not_erased(mail: OutgoingMail) -> bool:
    found = found_by(mail.about)
    return found is not None and found.state != State.ERASED


# Samples for the previews in the admin: invented, and stored nowhere


DECLARATION = Variable("declaration", "declaration.title", gettext_lazy("The title of the declaration"))
ORGANISATION = Variable("organisation", "endorsement.name", gettext_lazy("The name of the organisation"))
SIGNATORY = Variable("signatory", "endorsement.signatory", gettext_lazy("Who signed for the organisation"))


def sample() -> dict[str, Any]:
    """The context of an email about an endorsement."""
    page = DeclarationPage(title=_("A sample declaration"), slug="sample")
    endorsement = Endorsement(
        pk=0,
        declaration=page,
        version=TextVersion(number=1),
        kind=Kind.ORGANISATION,
        state=State.LISTED,
        name=_("Midwives of Example"),
        acronym="MoE",
        country="KE",
        signatory="Ada Example",
        decline_reason=DeclineReason.AUTHORITY,
    )
    return {"endorsement": endorsement, "declaration": page, "declaration_url": absolute("/news/sample/")}


def sample_address(purpose: str) -> str:
    """What a link of this purpose looks like."""
    return tokens.sample_url(PAGES[purpose])


@email_template("endorsements/confirm", gettext_lazy("Endorsement: please confirm"), DECLARATION, reminder=gettext_lazy("in a reminder"))
def _sample_confirm() -> dict[str, Any]:
    links = {"confirm_url": sample_address(CONFIRM), "disown_url": sample_address(DISOWN)}
    return sample() | links | {"closes_at": timezone.now(), "reminder": ""}


@email_template(
    "endorsements/confirmed", gettext_lazy("Endorsement: thank you"), DECLARATION, listed=gettext_lazy("when it is listed at once")
)
def _sample_confirmed() -> dict[str, Any]:
    return sample() | {"manage_url": sample_address(MANAGE), "disown_url": sample_address(DISOWN)}


@email_template(
    "endorsements/stands_already",
    gettext_lazy("Endorsement: it stands already"),
    DECLARATION,
    ORGANISATION,
    colleague=gettext_lazy("to a colleague of who signed"),
)
def _sample_stands_already() -> dict[str, Any]:
    return sample() | {"is_own": True, "manage_url": sample_address(MANAGE)}


@email_template("endorsements/listed", gettext_lazy("Endorsement: listed by the secretariat"), DECLARATION)
@email_template("endorsements/manage", gettext_lazy("Endorsement: the link to manage it"), DECLARATION)
def _sample_managed() -> dict[str, Any]:
    return sample() | {"manage_url": sample_address(MANAGE)}


@email_template("endorsements/withdrawn", gettext_lazy("Endorsement: withdrawn"), DECLARATION)
def _sample_withdrawn() -> dict[str, Any]:
    return sample()


@email_template("endorsements/second", gettext_lazy("Endorsement: a second person"), DECLARATION, ORGANISATION, SIGNATORY)
def _sample_second() -> dict[str, Any]:
    return sample() | {"second_url": sample_address(SECOND)}
