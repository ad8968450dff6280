"""The mails about an endorsement. Each is asked about again right before it leaves: still wanted, still true?

Keys name the occasion and no person. Mails with a link that acts are sealed: no colleague can read them in the admin, and their text is
erased once they are sent.
"""

from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.absolute_urls import absolute
from core.links import tokens
from core.mail.outbox import enqueue, numbered, still_wanted
from core.mail.templates import compose, letter
from core.mail.wording import Variable
from core.models import OutgoingMail
from endorsements.models import DeclarationPage, Endorsement, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.states import LIVE, DeclineReason, Kind, State
from members.identity.keys import canonical_address
from members.suppression import is_suppressed

# The purposes of links, each with the name of the page it leads to.
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
REMINDER = "reminder"  # in the keys of such mails
# What their words may say.
DECLARATION = Variable("declaration", "declaration.title", gettext_lazy("The title of the declaration"))
ORGANISATION = Variable("organisation", "endorsement.name", gettext_lazy("The name of the organisation"))
SIGNATORY = Variable("signatory", "endorsement.signatory", gettext_lazy("Who signed for the organisation"))


def subject(endorsement: Endorsement) -> str:
    """What links and mails call it."""
    return f"endorsement:{endorsement.pk}"


def link(endorsement: Endorsement, purpose: str) -> str:
    """The address of a new link; call it in the transaction that stores the mail."""
    token = tokens.make(purpose=purpose, subject=subject(endorsement), lifetime=LIFETIMES[purpose])
    return absolute(reverse(PAGES[purpose], args=(token,)))


def public_address(page: DeclarationPage) -> str:
    """Where everybody reads the declaration; '' while nobody does: under embargo its address would tell its title."""
    return absolute(page.get_url() or "/") if page.live and sign_on_of(page).has_public_list else ""


def found_by(name: str) -> Endorsement | None:
    """The endorsement that a link or a mail is about."""
    number = name.removeprefix("endorsement:")
    found = Endorsement.objects.select_related("version", "declaration__sign_on__version", "organisation")
    return found.filter(pk=int(number)).first() if number.isdecimal() else None


def _composed(letter_name: str, endorsement: Endorsement, *, to: str = "", **context: Any) -> EmailMultiAlternatives:
    page = endorsement.declaration
    told = {"endorsement": endorsement, "declaration": page, "declaration_url": public_address(page), **context}
    return compose(f"endorsements/{letter_name}", to=to or endorsement.email, context=told)


def _write(letter_name: str, endorsement: Endorsement, *, occasion: str, to: str = "", **context: Any) -> bool:
    """Store a mail of `emails/endorsements/<letter_name>/`; False when it was written for this occasion before."""
    return enqueue(
        _composed(letter_name, endorsement, to=to, **context),
        key=f"{subject(endorsement)}:{occasion}",
        purpose=f"endorsements.{letter_name}",
        about=subject(endorsement),
        sealed=True,
    )


def confirm(endorsement: Endorsement, *, now: datetime, reminder: str = "") -> bool:
    """The mail with the button, or `reminder` of it ("48h", "last day"). Each is numbered: a repeat is another mail."""
    return _write(
        "confirm",
        endorsement,
        occasion=numbered(subject(endorsement), REMINDER if reminder else "confirm"),
        confirm_url=link(endorsement, CONFIRM),
        disown_url=link(endorsement, DISOWN),
        closes_at=endorsement.declaration.closes_at,
        reminder=reminder,
    )


def stands_already(standing: Endorsement, address: str, *, is_own: bool, now: datetime) -> bool:
    """Somebody endorses again what stands. Only its holder gets the manage link; a colleague hears that it stands. Once a day."""
    who = salted_hmac("endorsements.again", canonical_address(address), algorithm="sha256").hexdigest()[:12]
    return _write(
        "stands_already",
        standing,
        occasion=f"again:{who}:{now:%Y-%m-%d}",
        to=address,
        is_own=is_own,
        manage_url=link(standing, MANAGE) if is_own else "",
    )


def confirmed(endorsement: Endorsement, *, now: datetime) -> bool:
    """Thanks; listed now, or after the secretariat has looked."""
    return _write(
        "confirmed", endorsement, occasion="confirmed", manage_url=link(endorsement, MANAGE), disown_url=link(endorsement, DISOWN)
    )


def listed(endorsement: Endorsement, *, now: datetime) -> bool:
    """The secretariat has looked, and it is in the list."""
    return bool(endorsement.email) and _write("listed", endorsement, occasion="listed", manage_url=link(endorsement, MANAGE))


def declined(endorsement: Endorsement, *, message: str, now: datetime) -> bool:
    if not endorsement.email:
        return False
    occasion = f"declined:{now:%Y-%m-%d}"
    return _write("declined", endorsement, occasion=occasion, message=message, manage_url=link(endorsement, MANAGE))


def declined_mail(endorsement: Endorsement, *, message: str) -> EmailMultiAlternatives:
    """The mail that `declined` would write, to be read before; nothing is stored."""
    return _composed("declined", endorsement, message=message, manage_url=sample_address(MANAGE))


def withdrawn(endorsement: Endorsement, *, now: datetime) -> bool:
    return bool(endorsement.email) and _write("withdrawn", endorsement, occasion="withdrawn")


def second(endorsement: Endorsement, *, now: datetime) -> bool:
    """Ask a second person at the organisation's own domain. An earlier one's link stays good: that address is at the domain too."""
    occasion = numbered(subject(endorsement), "second")
    return _write("second", endorsement, occasion=occasion, to=endorsement.second_email, second_url=link(endorsement, SECOND))


def manage(endorsement: Endorsement, *, now: datetime) -> bool:
    """A new manage link, for somebody who lost it. At most one an hour."""
    return _write("manage", endorsement, occasion=f"manage:{now:%Y-%m-%dT%H}", manage_url=link(endorsement, MANAGE))


def _of(mail: OutgoingMail) -> Endorsement | None:
    found = found_by(mail.about)
    return None if found is None or found.state == State.ERASED or is_suppressed(mail.recipient) else found


@still_wanted("endorsements.confirm")
def waits_for_confirmation(mail: OutgoingMail) -> bool:
    """The first mail leaves although the organisation stands meanwhile: whoever has sent the form learns it behind the button."""
    found = _of(mail)
    if found is None or found.state != State.PENDING or not sign_on_of(found.declaration).takes_confirmations(timezone.now()):
        return False
    return f":{REMINDER}:" not in mail.key or not found.stands_otherwise


@still_wanted("endorsements.listed")
def is_listed(mail: OutgoingMail) -> bool:
    found = _of(mail)
    return found is not None and found.state == State.LISTED


@still_wanted("endorsements.confirmed")
@still_wanted("endorsements.manage")
@still_wanted("endorsements.second")
def is_live(mail: OutgoingMail) -> bool:
    found = _of(mail)
    return found is not None and found.state in LIVE


@still_wanted("endorsements.declined")
def is_declined(mail: OutgoingMail) -> bool:
    found = _of(mail)
    return found is not None and found.state == State.DECLINED


@still_wanted("endorsements.stands_already")
def is_not_suppressed(mail: OutgoingMail) -> bool:
    return _of(mail) is not None


def sample() -> dict[str, Any]:
    """What the previews in the admin show: invented, and nowhere stored."""
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
    return absolute(reverse(PAGES[purpose], args=("sample",)))


@letter("endorsements/confirm", gettext_lazy("Endorsement: please confirm"), DECLARATION, reminder=gettext_lazy("in a reminder"))
def _sample_confirm() -> dict[str, Any]:
    return sample() | {
        "confirm_url": sample_address(CONFIRM),
        "disown_url": sample_address(DISOWN),
        "closes_at": timezone.now(),
        "reminder": "",
    }


@letter("endorsements/confirmed", gettext_lazy("Endorsement: thank you"), DECLARATION, listed=gettext_lazy("when it is listed at once"))
def _sample_confirmed() -> dict[str, Any]:
    return sample() | {"manage_url": sample_address(MANAGE), "disown_url": sample_address(DISOWN)}


@letter(
    "endorsements/stands_already",
    gettext_lazy("Endorsement: it stands already"),
    DECLARATION,
    ORGANISATION,
    colleague=gettext_lazy("to a colleague of who signed"),
)
def _sample_stands_already() -> dict[str, Any]:
    return sample() | {"is_own": True, "manage_url": sample_address(MANAGE)}


@letter("endorsements/listed", gettext_lazy("Endorsement: listed by the secretariat"), DECLARATION)
@letter("endorsements/manage", gettext_lazy("Endorsement: the link to manage it"), DECLARATION)
def _sample_managed() -> dict[str, Any]:
    return sample() | {"manage_url": sample_address(MANAGE)}


@letter("endorsements/declined", gettext_lazy("Endorsement: declined"), DECLARATION)
def _sample_declined() -> dict[str, Any]:
    return sample() | {"message": _("A sentence that the secretariat adds."), "manage_url": sample_address(MANAGE)}


@letter("endorsements/withdrawn", gettext_lazy("Endorsement: withdrawn"), DECLARATION)
def _sample_withdrawn() -> dict[str, Any]:
    return sample()


@letter("endorsements/second", gettext_lazy("Endorsement: a second person"), DECLARATION, ORGANISATION, SIGNATORY)
def _sample_second() -> dict[str, Any]:
    return sample() | {"second_url": sample_address(SECOND)}
