"""The emails to the holder of an endorsement: confirm it, thank you, manage it."""

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
from core.mail.queue import kept_back
from core.mail.send import send
from core.mail.templates import Cause, email_template
from core.mail.wording import Variable
from core.models import OutgoingMail
from endorsements.models import DeclarationPage, Endorsement, TextVersion
from endorsements.models.delivery import delivered_without
from endorsements.models.sign_on import sign_on_of
from endorsements.states import DeclineReason, Kind, State

from .precedence import standing_for

# The purposes of links (stored), the URL name of each, and how long it works.
CONFIRM = "endorsements.confirm"
NOT_ME = "endorsements.disown"
MANAGE = "endorsements.manage"
SECOND = "endorsements.second"
RENEW = "endorsements.renew"
UPDATES = "endorsements.updates"
URL_NAMES = {
    CONFIRM: "endorsement_confirm",
    NOT_ME: "endorsement_disown",
    MANAGE: "endorsement_manage",
    SECOND: "endorsement_second",
    RENEW: "endorsement_renew",
    UPDATES: "endorsement_updates",
}
LIFETIMES = {
    CONFIRM: timedelta(days=30),
    NOT_ME: timedelta(days=180),
    MANAGE: timedelta(days=730),
    SECOND: timedelta(days=30),
    RENEW: timedelta(days=180),
    UPDATES: timedelta(days=730),
}
REMINDER = "reminder"  # part of the idempotency key of a reminder
WRITTEN_AS = "as-"  # before the state, in the key of an email that tells of it


# The emails


def confirm(endorsement: Endorsement, *, now: datetime, reminder: str = "", by: Any = None) -> bool:
    """The link to confirm, or a `reminder` of it ("48h", "last day"). Each call writes another email."""
    return send_about(
        "endorsements/confirm",
        endorsement,
        REMINDER if reminder else "confirm",
        links={"confirm_url": CONFIRM, "disown_url": NOT_ME},
        is_repeatable=True,
        by=by,
        closes_at=endorsement.declaration.closes_at,
        reminder=reminder,
    )


def already_endorsed(existing: Endorsement, address: str, *, is_own: bool, now: datetime) -> bool:
    """To somebody who endorses again, once a day. Only the holder gets the link to manage it, not a colleague."""
    who = salted_hmac("endorsements.again", canonical_address(address), algorithm="sha256").hexdigest()[:12]
    return send_about(
        "endorsements/stands_already",
        existing,
        "again",
        who,
        f"{now:%Y-%m-%d}",
        to=address,
        links={"manage_url": MANAGE} if is_own else None,
        is_own=is_own,
    )


def confirmed(endorsement: Endorsement, *, now: datetime) -> bool:
    """Thank the holder: it is listed now, or will be once the secretariat has checked it."""
    links = {"manage_url": MANAGE, "disown_url": NOT_ME}
    return send_about(
        "endorsements/confirmed",
        endorsement,
        "confirmed",
        f"{WRITTEN_AS}{endorsement.state}",
        links=links,
        how=how_listed(endorsement),
        may_share=bool(public_url(endorsement.declaration)) and sign_on_of(endorsement.declaration).takes_endorsements(now),
    )


def how_listed(endorsement: Endorsement) -> str:
    """How the list shows it: "named", "counted" without the name, "later" once the declaration is public, or '' if it is not listed."""
    if endorsement.state != State.LISTED:
        return ""
    if not public_url(endorsement.declaration):
        return "later"
    return "named" if endorsement.is_organisation or endorsement.show_name else "counted"


def listed(endorsement: Endorsement, *, now: datetime) -> bool:
    """The secretariat has listed the endorsement. Each call writes another email, because it may be taken out and listed again.

    If the declaration was delivered before, it says that this name was not handed over.
    """
    return send_about(
        "endorsements/listed",
        endorsement,
        "listed",
        links={"manage_url": MANAGE},
        is_repeatable=True,
        how=how_listed(endorsement),
        delivery=delivered_without(endorsement),
    )


def withdrawn(endorsement: Endorsement, *, was_listed: bool, now: datetime) -> bool:
    return send_about("endorsements/withdrawn", endorsement, "withdrawn", was_listed=was_listed)


def ask_second_person(endorsement: Endorsement, *, now: datetime) -> bool:
    """Ask for confirmation at the organisation's own domain. Earlier links keep working: their addresses are at that domain too."""
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
    """A new link to manage the endorsement, for a holder who has lost theirs. At most one an hour."""
    return send_about("endorsements/manage", endorsement, "manage", f"{now:%Y-%m-%dT%H}", links={"manage_url": MANAGE})


# What they have in common


def send_about(
    template: str,
    endorsement: Endorsement,
    *key: object,
    to: str = "",
    links: dict[str, str] | None = None,
    is_repeatable: bool = False,
    by: Any = None,
    **context: Any,
) -> bool:
    """Email the holder of the endorsement, or `to` somebody else. `links` has the purpose of each link, by its name in the template.

    `by` is the colleague who wants it sent, if one does.
    """
    make: dict[str, Callable[[], str]] = {name: partial(link, endorsement, purpose) for name, purpose in (links or {}).items()}
    return send(
        template,
        to=to or endorsement.email,
        about=subject(endorsement),
        key=(subject(endorsement), *key),
        context=endorsement_context(endorsement) | context,
        links=make,
        is_repeatable=is_repeatable,
        by=by,
    )


def endorsement_context(endorsement: Endorsement) -> dict[str, Any]:
    """The context of every email about an endorsement."""
    page = endorsement.declaration
    return {"endorsement": endorsement, "declaration": page, "declaration_url": public_url(page)}


def public_url(page: DeclarationPage) -> str:
    """The absolute URL of the declaration; '' while it is not public, because the URL contains the title."""
    return absolute(page.get_url() or "/") if page.live and sign_on_of(page).has_public_list else ""


def link(endorsement: Endorsement, purpose: str) -> str:
    """The URL of a new link."""
    return tokens.make_url(URL_NAMES[purpose], purpose=purpose, subject=subject(endorsement), lifetime=LIFETIMES[purpose])


def count_links(endorsement: Endorsement, purpose: str, *, since: datetime | None = None) -> int:
    """How many emails with such a link were written. One that a limit keeps back does not count: it may be asked for again."""
    about = subject(endorsement)
    return tokens.count(purpose=purpose, subject=about, since=since) - kept_back(purpose, about=about, since=since)


def subject(endorsement: Endorsement) -> str:
    """What links and emails store to refer to the endorsement."""
    return f"endorsement:{endorsement.pk}"


def find_by_subject(subject: str) -> Endorsement | None:
    """The endorsement that a link or an email refers to; None if it is gone."""
    number = subject.removeprefix("endorsement:")
    found = Endorsement.objects.select_related("version", "declaration__sign_on__version", "organisation")
    return found.filter(pk=int(number)).first() if number.isdecimal() else None


# Whether a queued email is still wanted


@still_wanted("endorsements.confirm")
def waits_for_confirmation(mail: OutgoingMail) -> bool:
    """The first email is sent even if the organisation has endorsed meanwhile: the page behind its link says so. A reminder is not."""
    found = find_by_subject(mail.about)
    if found is None or found.state != State.PENDING or not sign_on_of(found.declaration).takes_confirmations(timezone.now()):
        return False
    return f":{REMINDER}:" not in mail.key or standing_for(found) is None


@still_wanted("endorsements.listed")
def is_listed(mail: OutgoingMail) -> bool:
    found = find_by_subject(mail.about)
    return found is not None and found.state == State.LISTED


@still_wanted("endorsements.confirmed")
def is_as_confirmed(mail: OutgoingMail) -> bool:
    """It says whether the endorsement is listed; the key ends with the state it was written for."""
    found, written_for = find_by_subject(mail.about), mail.key.rpartition(":")[2]
    if found is None or not found.is_live:
        return False
    return not written_for.startswith(WRITTEN_AS) or written_for == f"{WRITTEN_AS}{found.state}"


@still_wanted("endorsements.manage")
@still_wanted("endorsements.second")
@still_wanted("endorsements.stands_already")
def is_live(mail: OutgoingMail) -> bool:
    found = find_by_subject(mail.about)
    return found is not None and found.is_live


# Made-up values for the previews in the admin


DECLARATION = Variable("declaration", "declaration.title", gettext_lazy("The title of the declaration"), typed=False)
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


def sample_link(purpose: str) -> str:
    """An example of a link of this purpose."""
    return tokens.sample_url(URL_NAMES[purpose])


@email_template(
    "endorsements/confirm",
    gettext_lazy("Endorsement: please confirm"),
    DECLARATION,
    reminder=gettext_lazy("in a reminder"),
    cause=Cause.STRANGER,
)
def _sample_confirm() -> dict[str, Any]:
    links = {"confirm_url": sample_link(CONFIRM), "disown_url": sample_link(NOT_ME)}
    return sample() | links | {"closes_at": timezone.now(), "reminder": ""}


@email_template(
    "endorsements/confirmed",
    gettext_lazy("Endorsement: thank you"),
    DECLARATION,
    listed=gettext_lazy("when it is listed at once"),
    cause=Cause.HOLDER,
)
def _sample_confirmed() -> dict[str, Any]:
    return sample() | {"manage_url": sample_link(MANAGE), "disown_url": sample_link(NOT_ME), "how": "named", "may_share": True}


@email_template(
    "endorsements/stands_already",
    gettext_lazy("Endorsement: it stands already"),
    DECLARATION,
    ORGANISATION,
    colleague=gettext_lazy("to a colleague of who signed"),
    cause=Cause.STRANGER,
)
def _sample_already_endorsed() -> dict[str, Any]:
    return sample() | {"is_own": True, "manage_url": sample_link(MANAGE)}


@email_template("endorsements/listed", gettext_lazy("Endorsement: listed by the secretariat"), DECLARATION, cause=Cause.COLLEAGUE)
@email_template("endorsements/manage", gettext_lazy("Endorsement: the link to manage it"), DECLARATION, cause=Cause.STRANGER)
def _sample_with_manage_link() -> dict[str, Any]:
    return sample() | {"manage_url": sample_link(MANAGE), "how": "named", "delivery": None}


@email_template("endorsements/withdrawn", gettext_lazy("Endorsement: withdrawn"), DECLARATION, cause=Cause.HOLDER)
def _sample_withdrawn() -> dict[str, Any]:
    return sample() | {"was_listed": True}


@email_template(
    "endorsements/second", gettext_lazy("Endorsement: a second person"), DECLARATION, ORGANISATION, SIGNATORY, cause=Cause.STRANGER
)
def _sample_ask_second_person() -> dict[str, Any]:
    return sample() | {"second_url": sample_link(SECOND)}
