"""What whoever endorses does: submit, confirm, "not me", confirm a new version, and all that the manage link offers."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from wagtail.log_actions import log

from core.links import tokens
from core.mail.addresses import canonical_address
from core.mail.suppression import is_suppressed, suppress
from core.transitions import TransitionNotAllowed, transition
from endorsements.models import DeclarationPage, Endorsement, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.states import BY_ITS_HOLDER, LIVE, TRANSITIONS, UNCONFIRMED, HoldReason, Kind, Purpose, Rule, State
from members.identity.folding import folded_words
from members.identity.keys import same_domain
from members.models import Organisation
from members.organisations.matching import known_organisation

from . import emails
from .consents import record, record_all
from .submission import Submission

MOST_MAILS, MOST_MAILS_A_DAY = 5, 3
BETWEEN_MAILS = timedelta(minutes=1)
MOST_SECONDS = 3


def submit(page: DeclarationPage, submission: Submission, *, network: str = "", over_limit: bool = False, now: datetime) -> None:
    """Keep what was typed and write to the address. It returns nothing, because the page that follows says the same to everybody.

    A repeat before the confirmation replaces what was typed and sends the mail again, at most 5 times, 3 a day, once a minute. Over a
    limit the endorsement is held and no mail leaves until the secretariat lets it. Call it while the sign-on takes endorsements.
    """
    if is_suppressed(submission.email):
        return
    address = canonical_address(submission.email)
    known = known_organisation(submission.name, submission.country, submission.website) if submission.kind == Kind.ORGANISATION else None
    with transaction.atomic():
        known = hold_still(known)
        standing = Endorsement.objects.under(page).live().of_signatory(submission.key, known).first()
        if standing:
            emails.stands_already(standing, submission.email, is_own=standing.address_key == address, now=now)
            return
        endorsement = _keep(page, submission, address, known, network=network, over_limit=over_limit, now=now)
        if endorsement.state == State.PENDING:
            mail_to_confirm(endorsement, now=now)


def _keep(
    page: DeclarationPage,
    submission: Submission,
    address: str,
    known: Organisation | None,
    *,
    network: str,
    over_limit: bool,
    now: datetime,
) -> Endorsement:
    """The one unconfirmed row of this signatory and address, with what was typed last."""
    values = submission.row() | {"version": sign_on_of(page).version, "network": network, "organisation": known}
    unconfirmed = Q(state__in=UNCONFIRMED, confirmed_at__isnull=True)
    who = {"declaration_id": page.pk, "key": submission.key, "address_key": address}
    held = {"state": State.HELD, "hold_reason": HoldReason.LIMIT} if over_limit else {"state": State.PENDING}
    try:
        with transaction.atomic():
            endorsement = Endorsement.objects.create(**who, **values, **held, submitted_at=now)
            log(endorsement, "endorsements.submit", data={"to": endorsement.state})
    except IntegrityError:
        Endorsement.objects.filter(unconfirmed, **who).update(**values)
        endorsement = Endorsement.objects.get(unconfirmed, **who)
        if over_limit and endorsement.state == State.PENDING:
            hold(endorsement, reason=HoldReason.LIMIT, by=None)
    record_all(endorsement, submission, page, now=now)
    return endorsement


def hold(endorsement: Endorsement, *, reason: HoldReason, by: Any, note: str = "") -> bool:
    changes = {"hold_reason": reason, "listed_at": None} | ({"note": note} if note else {})
    return transition(
        endorsement, to=State.HELD, transitions=TRANSITIONS, action="endorsements.hold", by=by, changes=changes, data={"reason": reason}
    )


def mail_to_confirm(endorsement: Endorsement, *, now: datetime, reminder: str = "") -> bool:
    """Write the mail with the link that confirms, within the limits. False when one was written a moment ago, or enough were."""
    due = Q(mailed_at__isnull=True) | Q(mailed_at__lte=now - BETWEEN_MAILS)
    with transaction.atomic():
        if not Endorsement.objects.filter(due, pk=endorsement.pk, state=State.PENDING).update(mailed_at=now):
            return False
        today = _written(emails.CONFIRM, endorsement, since=now - timedelta(days=1))
        if today >= MOST_MAILS_A_DAY or _written(emails.CONFIRM, endorsement) >= MOST_MAILS:
            return False
        return emails.confirm(endorsement, now=now, reminder=reminder)


def _written(purpose: str, endorsement: Endorsement, *, since: datetime | None = None) -> int:
    """How many mails of this purpose there were: each has a link of its own."""
    return tokens.count(purpose=purpose, subject=emails.subject(endorsement), since=since)


class Outcome(Enum):
    """What came of pressing the button in a mail."""

    DONE = "done"
    TEXT_CHANGED = "text changed"
    STANDS_ALREADY = "stands already"
    CLOSED = "closed"
    PAUSED = "paused"
    ENDED = "ended"


def hindrance(endorsement: Endorsement, *, now: datetime) -> Outcome | None:
    """What would come of confirming at this moment, whatever the text; None when it would be done."""
    sign_on = sign_on_of(endorsement.declaration)
    if endorsement.is_live:
        return Outcome.DONE
    if endorsement.state not in UNCONFIRMED:
        return Outcome.ENDED
    if sign_on.state == "open" and not endorsement.declaration.live:
        return Outcome.PAUSED
    return None if sign_on.takes_confirmations(now) else Outcome.CLOSED


def confirm(endorsement: Endorsement, *, version: TextVersion, now: datetime) -> Outcome:
    """The holder of the address confirms, under the text shown to them. Done twice, or by fifty at once, it is done once.

    TEXT_CHANGED when `version` is not of the number in force: show the new text first. STANDS_ALREADY when a colleague at another
    address was faster for the same organisation.
    """
    hindered = hindrance(endorsement, now=now)
    if hindered:
        return hindered
    sign_on = sign_on_of(endorsement.declaration)
    if sign_on.version is None or version.number != sign_on.version.number:
        return Outcome.TEXT_CHANGED
    try:
        with transaction.atomic():
            confirmed = _confirm(endorsement, version, now)
            if confirmed:
                emails.confirmed(endorsement, now=now)
    except IntegrityError:
        return Outcome.STANDS_ALREADY
    except TransitionNotAllowed as refused:
        return Outcome.DONE if refused.state in LIVE else Outcome.ENDED
    return Outcome.DONE


def _confirm(endorsement: Endorsement, version: TextVersion, now: datetime) -> bool:
    """False when somebody was faster with the same."""
    changes = {"confirmed_at": now, "version": version} | _recognised(endorsement)
    if endorsement.state == State.HELD:
        held = Endorsement.objects.filter(pk=endorsement.pk, state=State.HELD, confirmed_at__isnull=True)
        if not held.update(**changes):
            return False
        endorsement.refresh_from_db()
        log(endorsement, "endorsements.confirm", data={"from": State.HELD, "to": State.HELD})
        return True
    listed = may_be_listed_at_once(endorsement)
    return transition(
        endorsement,
        to=State.LISTED if listed else State.CONFIRMED,
        transitions={State.PENDING: {State.LISTED, State.CONFIRMED}},
        action="endorsements.confirm",
        changes=changes | ({"listed_at": now} if listed else {}),
    )


def _recognised(endorsement: Endorsement) -> dict[str, Any]:
    """The organisation of the coalition that it is, if that became known at the very instant in which the form was stored, and neither
    saw the other. It never takes back what `uniting.recognise` found."""
    if not endorsement.is_organisation or endorsement.organisation_id:
        return {}
    known = hold_still(known_organisation(endorsement.name, str(endorsement.country or ""), endorsement.website))
    return {"organisation": known} if known else {}


def hold_still(organisation: Organisation | None) -> Organisation | None:
    """Lock it for the caller's transaction; None when it was merged or deleted a moment ago.

    Before any endorsement is locked, as whoever saves or merges organisations does: the other way about, both would wait for ever.
    """
    return Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).first() if organisation else None


def may_be_listed_at_once(endorsement: Endorsement) -> bool:
    """What the declaration's rule says of it."""
    page = endorsement.declaration
    rule = page.organisation_rule if endorsement.is_organisation else page.person_rule
    return rule == Rule.ALL or (rule == Rule.GREEN and endorsement.is_green)


def hindrance_to_renew(endorsement: Endorsement, *, now: datetime) -> Outcome | None:
    """As `hindrance`, of confirming the version in force anew."""
    sign_on = sign_on_of(endorsement.declaration)
    if not endorsement.is_live or sign_on.version is None:
        return Outcome.ENDED
    if endorsement.version.number >= sign_on.version.number:
        return Outcome.DONE
    return None if sign_on.takes_confirmations(now) else Outcome.CLOSED


def renew(endorsement: Endorsement, *, version: TextVersion, now: datetime) -> Outcome:
    """An earlier endorser confirms the version in force; until then they stand under the one they signed."""
    hindered = hindrance_to_renew(endorsement, now=now)
    if hindered == Outcome.ENDED:
        return hindered
    in_force = sign_on_of(endorsement.declaration).version
    if in_force is None or version.number != in_force.number:
        return Outcome.TEXT_CHANGED
    if hindered:
        return hindered
    with transaction.atomic():
        older = Endorsement.objects.filter(pk=endorsement.pk, state__in=LIVE, version__number__lt=version.number)
        if older.update(version=version):
            log(endorsement, "endorsements.renew", data={"from": endorsement.version.label, "to": version.label})
    endorsement.refresh_from_db()
    return Outcome.DONE


def disown(endorsement: Endorsement, *, now: datetime) -> bool:
    """ "This was not me": the endorsement is withdrawn, and the address gets no mail from here again."""
    with transaction.atomic():
        suppress(endorsement.email)
        return _end(endorsement, action="endorsements.disown", now=now, shown=False)


def withdraw(endorsement: Endorsement, *, shown: bool, now: datetime) -> bool:
    """The holder takes the name back: without a trace in public, or, `shown`, as "withdrawn on …"."""
    with transaction.atomic():
        was_listed = endorsement.state == State.LISTED
        ended = _end(endorsement, action="endorsements.withdraw", now=now, shown=shown and was_listed)
        if ended:
            emails.withdrawn(endorsement, now=now)
        return ended


def _end(endorsement: Endorsement, *, action: str, now: datetime, shown: bool) -> bool:
    changes = {"ended_at": now, "withdrawal_shown": shown}
    try:
        return transition(endorsement, to=State.WITHDRAWN, transitions=TRANSITIONS, action=action, changes=changes)
    except TransitionNotAllowed:
        return False


def change_role(endorsement: Endorsement, *, role: str, affiliation: str = "") -> bool:
    """Correct what stands beside the name. False when nothing changed."""
    changes = {"role": role} | ({} if endorsement.is_organisation else {"affiliation": affiliation})
    if all(getattr(endorsement, name) == value for name, value in changes.items()):
        return False
    changes["folded"] = folded_words(endorsement.name, endorsement.acronym, changes.get("affiliation", endorsement.affiliation))
    with transaction.atomic():
        Endorsement.objects.filter(pk=endorsement.pk).update(**changes)
        log(endorsement, "endorsements.change_role")
    endorsement.refresh_from_db()
    return True


def answer(endorsement: Endorsement, *, purpose: Purpose, given: bool, language: str, now: datetime) -> bool:
    """The holder gives or takes back a consent; nobody else can. False when the answer was that already."""
    with transaction.atomic():
        if not record(endorsement, purpose, given, endorsement.declaration, language=language, now=now):
            return False
        if purpose == Purpose.SHOW_NAME and not endorsement.is_organisation:
            Endorsement.objects.filter(pk=endorsement.pk).update(show_name=given)
        log(endorsement, "endorsements.consent", data={"purpose": purpose, "given": given})
    endorsement.refresh_from_db()
    return True


def want_updates(endorsement: Endorsement, *, wanted: bool) -> bool:
    """Whether its holder is told of the declaration's fate, whatever else the same address endorsed there, because such a mail goes to an
    address once. One click from any such mail ends it (RFC 8058)."""
    theirs = Q(pk=endorsement.pk)
    if endorsement.address_key:
        theirs |= Q(declaration_id=endorsement.declaration_id, address_key=endorsement.address_key)
    changed = Endorsement.objects.filter(theirs).exclude(wants_updates=wanted).update(wants_updates=wanted)
    endorsement.wants_updates = wanted
    return bool(changed)


def may_ask_second(endorsement: Endorsement) -> bool:
    """Whether a second person would help, and not too many were asked."""
    return endorsement.may_ask_second and _written(emails.SECOND, endorsement) < MOST_SECONDS


def ask_second(endorsement: Endorsement, *, address: str, now: datetime) -> bool:
    """Write to a second person at the organisation's own domain. False when the address is not there, is the same, or enough were asked."""
    same = canonical_address(address) == endorsement.address_key
    if same or not may_ask_second(endorsement) or not same_domain(address, endorsement.website) or is_suppressed(address):
        return False
    with transaction.atomic():
        Endorsement.objects.filter(pk=endorsement.pk).update(second_email=address)
        endorsement.second_email = address
        return emails.second(endorsement, now=now)


def second(endorsement: Endorsement, *, now: datetime) -> Outcome:
    """A second person at the organisation's domain says yes: the evidence is green, and the rule may list it at once."""
    if not endorsement.is_live:
        return Outcome.ENDED
    with transaction.atomic():
        if Endorsement.objects.filter(pk=endorsement.pk, seconded_at__isnull=True).update(seconded_at=now):
            endorsement.refresh_from_db()
            log(endorsement, "endorsements.second")
            if endorsement.state == State.CONFIRMED and may_be_listed_at_once(endorsement):
                list_it(endorsement, by=None, now=now)
    return Outcome.DONE


def list_it(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    """Put a confirmed endorsement into the list and tell its holder."""
    transitions = {State.CONFIRMED: {State.LISTED}, State.HELD: {State.LISTED}}
    changes = {"listed_at": now, "hold_reason": ""}
    with transaction.atomic():
        if not transition(endorsement, to=State.LISTED, transitions=transitions, action="endorsements.approve", by=by, changes=changes):
            return False
        if endorsement.source in BY_ITS_HOLDER:
            emails.listed(endorsement, now=now)
        return True
