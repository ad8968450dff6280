"""One endorsement from submit to confirm to listed, and what its holder does afterwards. Each function is above those it calls."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from wagtail.log_actions import log

from core.mail.addresses import canonical_address
from core.mail.send import undone_if_refused
from core.mail.suppression import suppress
from core.search_text import search_text
from core.transitions import TransitionNotAllowed, transition
from endorsements.models import DeclarationPage, Endorsement, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.states import BY_ITS_HOLDER, LIVE, TRANSITIONS, UNCONFIRMED, HoldReason, Kind, ListingRule, Purpose, SignOnState, State
from members.identity.keys import same_domain
from members.models import Organisation
from members.organisations.matching import match_organisation

from . import emails
from .consents import record_consent, record_form_consents
from .known import remember, verify
from .submission import Submission

MAX_CONFIRMATION_EMAILS, MAX_CONFIRMATION_EMAILS_A_DAY = 5, 3
MIN_TIME_BETWEEN_EMAILS = timedelta(minutes=1)
MAX_SECOND_PERSONS = 3


# Submit


def submit(page: DeclarationPage, submission: Submission, *, network: str = "", over_limit: bool = False, now: datetime) -> None:
    """Store the endorsement and email a link to confirm it. Returns nothing: the next page is the same for everybody.

    Submitting again before confirming replaces the answers and sends the email again, within limits. Over a limit the endorsement is
    held, and no email is sent until the secretariat releases it. Call it while the sign-on takes endorsements.
    """
    address = canonical_address(submission.email)
    known = match_organisation(submission.name, submission.country, submission.website) if submission.kind == Kind.ORGANISATION else None
    with undone_if_refused(submission.email):
        known = lock_organisation(known)
        existing = Endorsement.objects.for_declaration(page).live().by_signatory(submission.key, known).first()
        if existing:
            emails.already_endorsed(existing, submission.email, is_own=existing.address_key == address, now=now)
            return
        endorsement = _store(page, submission, address, known, network=network, over_limit=over_limit, now=now)
        if endorsement.state == State.PENDING:
            send_confirmation_email(endorsement, now=now)


def _store(
    page: DeclarationPage,
    submission: Submission,
    address: str,
    known: Organisation | None,
    *,
    network: str,
    over_limit: bool,
    now: datetime,
) -> Endorsement:
    """The one unconfirmed row of this signatory and address, with the latest answers."""
    values = submission.row() | {"version": sign_on_of(page).version, "network": network, "organisation": known}
    unconfirmed = Q(state__in=UNCONFIRMED, confirmed_at__isnull=True)
    who = {"declaration_id": page.pk, "key": submission.key, "address_key": address}
    state = {"state": State.HELD, "hold_reason": HoldReason.LIMIT} if over_limit else {"state": State.PENDING}
    try:
        with transaction.atomic():
            endorsement = Endorsement.objects.create(**who, **values, **state, submitted_at=now)
            log(endorsement, "endorsements.submit", data={"to": endorsement.state})
    except IntegrityError:
        Endorsement.objects.filter(unconfirmed, **who).update(**values)
        endorsement = Endorsement.objects.get(unconfirmed, **who)
        if over_limit and endorsement.state == State.PENDING:
            hold(endorsement, reason=HoldReason.LIMIT, by=None)
    record_form_consents(endorsement, submission, page, now=now)
    return endorsement


def send_confirmation_email(endorsement: Endorsement, *, now: datetime, reminder: str = "", by: Any = None) -> bool:
    """Email the link to confirm, or a reminder of it. False if one was written less than a minute ago, or too many were.

    One that a colleague (`by`) wants sent counts against no limit of `core.mail.limits`.
    """
    may_send = Q(mailed_at__isnull=True) | Q(mailed_at__lte=now - MIN_TIME_BETWEEN_EMAILS)
    with transaction.atomic():
        if not Endorsement.objects.filter(may_send, pk=endorsement.pk, state=State.PENDING).update(mailed_at=now):
            return False
        today = emails.count_links(endorsement, emails.CONFIRM, since=now - timedelta(days=1))
        if today >= MAX_CONFIRMATION_EMAILS_A_DAY or emails.count_links(endorsement, emails.CONFIRM) >= MAX_CONFIRMATION_EMAILS:
            return False
        return emails.confirm(endorsement, now=now, reminder=reminder, by=by)


# Confirm


class Outcome(Enum):
    """What came of pressing the button behind a link."""

    DONE = "done"
    TEXT_CHANGED = "text changed"
    ALREADY_ENDORSED = "already endorsed"
    CLOSED = "closed"
    PAUSED = "paused"
    ENDED = "ended"


def confirm(endorsement: Endorsement, *, version: TextVersion, now: datetime) -> Outcome:
    """Confirm the endorsement under the text that was shown. Idempotent: concurrent calls confirm it once.

    TEXT_CHANGED if `version` has another number than the one in force: show the new text first. ALREADY_ENDORSED if a colleague at
    another address confirmed for the same organisation first.
    """
    reason = reason_not_to_confirm(endorsement, now=now)
    if reason:
        return reason
    in_force = sign_on_of(endorsement.declaration).version
    if in_force is None or version.number != in_force.number:
        return Outcome.TEXT_CHANGED
    try:
        with transaction.atomic():
            confirmed = _confirm(endorsement, version, now)
            if confirmed:
                emails.confirmed(endorsement, now=now)
    except IntegrityError:
        return Outcome.ALREADY_ENDORSED
    except TransitionNotAllowed as refused:
        return Outcome.DONE if refused.state in LIVE else Outcome.ENDED
    return Outcome.DONE


def reason_not_to_confirm(endorsement: Endorsement, *, now: datetime) -> Outcome | None:
    """Why it cannot be confirmed now, whatever the text (DONE: it is confirmed already); None if it can be."""
    sign_on = sign_on_of(endorsement.declaration)
    if endorsement.is_live:
        return Outcome.DONE
    if endorsement.state not in UNCONFIRMED:
        return Outcome.ENDED
    if sign_on.state == SignOnState.OPEN and not endorsement.declaration.live:
        return Outcome.PAUSED
    return None if sign_on.takes_confirmations(now) else Outcome.CLOSED


def _confirm(endorsement: Endorsement, version: TextVersion, now: datetime) -> bool:
    """Move a pending endorsement to the list or the queue; one that is held stays held. False if it was confirmed meanwhile."""
    changes = {"confirmed_at": now, "version": version} | _organisation_known_since(endorsement)
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


def _organisation_known_since(endorsement: Endorsement) -> dict[str, Any]:
    """The organisation, if the coalition got to know it at the instant in which the form was stored, so that neither saw the other.

    It never removes the organisation that `endorsements.moderation.merging.link_endorsements` has set.
    """
    if not endorsement.is_organisation or endorsement.organisation_id:
        return {}
    known = lock_organisation(match_organisation(endorsement.name, str(endorsement.country or ""), endorsement.website))
    return {"organisation": known} if known else {}


def lock_organisation(organisation: Organisation | None) -> Organisation | None:
    """Lock the organisation for the caller's transaction; None if it was merged or deleted a moment ago.

    Lock it before any endorsement, in the order in which organisations are saved and merged: the reverse order would deadlock.
    """
    return Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).first() if organisation else None


# List or hold


def may_be_listed_at_once(endorsement: Endorsement) -> bool:
    """Whether the declaration's rule lists it without a decision of the secretariat.

    No rule lists the name of a known organisation that is confirmed from elsewhere.
    """
    page = endorsement.declaration
    rule = page.organisation_rule if endorsement.is_organisation else page.person_rule
    [found] = verify([endorsement])
    return not found.resembles and (rule == ListingRule.ALL or (rule == ListingRule.VERIFIED and found.is_verified))


def list_endorsement(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    """List a confirmed endorsement and email its holder. If a colleague does so, its organisation is known from then on."""
    transitions = {State.CONFIRMED: {State.LISTED}, State.HELD: {State.LISTED}}
    changes = {"listed_at": now, "hold_reason": ""} | ({"approved_at": now, "approved_by": by} if by else {})
    with transaction.atomic():
        if not transition(endorsement, to=State.LISTED, transitions=transitions, action="endorsements.approve", by=by, changes=changes):
            return False
        if by and endorsement.is_organisation:
            remember(endorsement)
        if endorsement.source in BY_ITS_HOLDER:
            emails.listed(endorsement, now=now)
        return True


def hold(endorsement: Endorsement, *, reason: HoldReason, by: Any, note: str = "") -> bool:
    """Take the endorsement out of the list, or keep it out, until the secretariat decides."""
    changes = {"hold_reason": reason, "listed_at": None} | ({"note": note} if note else {})
    return transition(
        endorsement, to=State.HELD, transitions=TRANSITIONS, action="endorsements.hold", by=by, changes=changes, data={"reason": reason}
    )


# Confirm a new version of the text


def renew(endorsement: Endorsement, *, version: TextVersion, now: datetime) -> Outcome:
    """Move a live endorsement to the version in force. Until its holder does so, it stays under the version that they signed."""
    reason = reason_not_to_renew(endorsement, now=now)
    if reason == Outcome.ENDED:
        return reason
    in_force = sign_on_of(endorsement.declaration).version
    if in_force is None or version.number != in_force.number:
        return Outcome.TEXT_CHANGED
    if reason:
        return reason
    with transaction.atomic():
        older = Endorsement.objects.filter(pk=endorsement.pk, state__in=LIVE, version__number__lt=version.number)
        if older.update(version=version, renewed_at=now):
            log(endorsement, "endorsements.renew", data={"from": endorsement.version.label, "to": version.label})
    endorsement.refresh_from_db()
    return Outcome.DONE


def reason_not_to_renew(endorsement: Endorsement, *, now: datetime) -> Outcome | None:
    """Why the version in force cannot be confirmed now (DONE: it is confirmed already); None if it can be."""
    sign_on = sign_on_of(endorsement.declaration)
    if not endorsement.is_live or sign_on.version is None:
        return Outcome.ENDED
    if endorsement.version.number >= sign_on.version.number:
        return Outcome.DONE
    return None if sign_on.takes_confirmations(now) else Outcome.CLOSED


# Have a second person confirm


def ask_second_person(endorsement: Endorsement, *, address: str, now: datetime) -> bool:
    """Ask somebody else at the organisation's own domain to confirm. False for another domain, the same address, or after too many."""
    same = canonical_address(address) == endorsement.address_key
    if same or not may_ask_second_person(endorsement) or not same_domain(address, endorsement.website):
        return False
    with transaction.atomic():
        Endorsement.objects.filter(pk=endorsement.pk).update(second_email=address)
        endorsement.second_email = address
        return emails.ask_second_person(endorsement, now=now)


def may_ask_second_person(endorsement: Endorsement) -> bool:
    """Whether a second person would help, and not too many were asked."""
    is_elsewhere = bool(endorsement.website) and not same_domain(endorsement.email, endorsement.website)
    if not (endorsement.is_organisation and endorsement.is_live and is_elsewhere and endorsement.seconded_at is None):
        return False
    return emails.count_links(endorsement, emails.SECOND) < MAX_SECOND_PERSONS and not verify([endorsement])[0].is_verified


def confirm_as_second_person(endorsement: Endorsement, *, now: datetime) -> Outcome:
    """Record that a second person confirms it. If their address is at a known domain it is verified, and listed if the rule says so."""
    if not endorsement.is_live:
        return Outcome.ENDED
    with transaction.atomic():
        if Endorsement.objects.filter(pk=endorsement.pk, seconded_at__isnull=True).update(seconded_at=now):
            endorsement.refresh_from_db()
            log(endorsement, "endorsements.second")
            if endorsement.state == State.CONFIRMED and may_be_listed_at_once(endorsement):
                list_endorsement(endorsement, by=None, now=now)
    return Outcome.DONE


# Manage


def change_role(endorsement: Endorsement, *, role: str, affiliation: str = "") -> bool:
    """Correct the role and affiliation beside the name. False if nothing changed.

    A person in the list who now names a known organisation from elsewhere waits for the secretariat, as at the first time.
    """
    changes = {"role": role} | ({} if endorsement.is_organisation else {"affiliation": affiliation})
    if all(getattr(endorsement, name) == value for name, value in changes.items()):
        return False
    affiliation = changes.get("affiliation", endorsement.affiliation)
    changes["folded"] = search_text(endorsement.name, endorsement.acronym, affiliation)
    before = _resembled(endorsement)
    with transaction.atomic():
        Endorsement.objects.filter(pk=endorsement.pk).update(**changes)
        log(endorsement, "endorsements.change_role")
        endorsement.refresh_from_db()
        if endorsement.state == State.LISTED and _resembled(endorsement) not in ("", before):
            hold(endorsement, reason=HoldReason.NAME, by=None)
    return True


def _resembled(endorsement: Endorsement) -> str:
    """The name of the known organisation that a person seems to speak for; ''."""
    [found] = verify([endorsement]) if not endorsement.is_organisation else [None]
    return found.resembles.name if found and found.resembles else ""


def change_consent(endorsement: Endorsement, *, purpose: Purpose, given: bool, language: str, now: datetime) -> bool:
    """Give or withdraw a consent, as only the holder may. False if nothing changed."""
    with transaction.atomic():
        if not record_consent(endorsement, purpose, given, endorsement.declaration, language=language, now=now):
            return False
        if purpose == Purpose.SHOW_NAME and not endorsement.is_organisation:
            Endorsement.objects.filter(pk=endorsement.pk).update(show_name=given)
        log(endorsement, "endorsements.consent", data={"purpose": purpose, "given": given})
    endorsement.refresh_from_db()
    return True


def set_wants_updates(endorsement: Endorsement, *, wanted: bool) -> bool:
    """Turn emails about deliveries and replies on or off (RFC 8058). False if nothing changed.

    It covers all that the address has endorsed under this declaration, because such an email goes to each address once.
    """
    theirs = Q(pk=endorsement.pk)
    if endorsement.address_key:
        theirs |= Q(declaration_id=endorsement.declaration_id, address_key=endorsement.address_key)
    changed = Endorsement.objects.filter(theirs).exclude(wants_updates=wanted).update(wants_updates=wanted)
    endorsement.wants_updates = wanted
    return bool(changed)


# Withdraw


def withdraw(endorsement: Endorsement, *, shown: bool, now: datetime) -> bool:
    """End the endorsement and email its holder. `shown` keeps the name in the public list as "withdrawn on …"."""
    with transaction.atomic():
        was_listed = endorsement.state == State.LISTED
        ended = _end(endorsement, action="endorsements.withdraw", now=now, shown=shown and was_listed)
        if ended:
            emails.withdrawn(endorsement, was_listed=was_listed, now=now)
        return ended


def report_not_me(endorsement: Endorsement, *, now: datetime) -> bool:
    """End the endorsement, because the owner of the address did not give it, and send no more emails to the address."""
    with transaction.atomic():
        suppress(endorsement.email)
        return _end(endorsement, action="endorsements.disown", now=now, shown=False)


def _end(endorsement: Endorsement, *, action: str, now: datetime, shown: bool) -> bool:
    changes = {"ended_at": now, "withdrawal_shown": shown}
    try:
        return transition(endorsement, to=State.WITHDRAWN, transitions=TRANSITIONS, action=action, changes=changes)
    except TransitionNotAllowed:
        return False
