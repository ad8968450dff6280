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
from members.organisations.matching import match_organisation

from . import emails, precedence
from .consents import record_consent
from .known import remember, verify
from .locks import lock_organisation, lock_rows_at_address
from .storing import known_since, same_live, store, unsaved
from .submission import Submission

MAX_CONFIRMATION_EMAILS, MAX_CONFIRMATION_EMAILS_A_DAY = 5, 3
MIN_TIME_BETWEEN_EMAILS = timedelta(minutes=1)
MAX_SECOND_PERSONS = 3
MAX_ATTEMPTS = 5


# Submit


def submit(page: DeclarationPage, submission: Submission, *, network: str = "", over_limit: bool = False, now: datetime) -> None:
    """Store the endorsement and email a link to confirm it. Returns nothing: the next page is the same for everybody.

    Each submission is a row of its own, with its answers and consents; the same answers again are the same row, which is emailed again
    within limits. Over a limit it is held, and no email is sent until the secretariat releases it. Call it while the sign-on takes
    endorsements.
    """
    known = match_organisation(submission.name, submission.country, submission.website) if submission.kind == Kind.ORGANISATION else None
    with undone_if_refused(submission.email):
        endorsement = unsaved(page, submission, lock_organisation(known), network=network, now=now)
        existing = precedence.standing_for(endorsement) or same_live(endorsement, submission)
        if existing:
            is_own = precedence.have_same_holder(existing, endorsement)
            emails.already_endorsed(existing, submission.email, is_own=is_own, now=now)
            return
        stored = store(endorsement, submission, over_limit=over_limit, now=now)
        if stored and stored.state == State.PENDING:
            send_confirmation_email(stored, now=now)


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
    SUPERSEDED = "superseded"
    CLOSED = "closed"
    PAUSED = "paused"
    ENDED = "ended"


def confirm(endorsement: Endorsement, *, version: TextVersion, replaces: int | None = None, now: datetime) -> Outcome:
    """Confirm the endorsement under the text that was shown. Idempotent: concurrent calls confirm it once.

    It takes the place of an earlier one of the same signatory from the same address, and of the one with the primary key `replaces`
    from the same address. TEXT_CHANGED if `version` has another number than the one in force: show the new text first. ALREADY_ENDORSED
    if another address has endorsed for the same organisation and is at least as well verified.
    """
    for _attempt in range(MAX_ATTEMPTS):
        reason = reason_not_to_confirm(endorsement, now=now)
        if reason:
            return reason
        in_force = sign_on_of(endorsement.declaration).version
        if in_force is None or version.number != in_force.number:
            return Outcome.TEXT_CHANGED
        try:
            with transaction.atomic():
                return _confirm(endorsement, version, replaces, now)
        except (IntegrityError, TransitionNotAllowed):  # somebody held, ended, confirmed or listed one of them at the same moment
            endorsement.refresh_from_db()
    raise TransitionNotAllowed(endorsement.state, State.CONFIRMED)


def reason_not_to_confirm(endorsement: Endorsement, *, now: datetime) -> Outcome | None:
    """Why it cannot be confirmed now, whatever the text (DONE: it is confirmed already); None if it can be."""
    sign_on = sign_on_of(endorsement.declaration)
    if endorsement.is_live:
        return Outcome.DONE
    if endorsement.state not in UNCONFIRMED:
        return Outcome.SUPERSEDED if precedence.superseding(endorsement) else Outcome.ENDED
    if sign_on.state == SignOnState.OPEN and not endorsement.declaration.live:
        return Outcome.PAUSED
    return None if sign_on.takes_confirmations(now) else Outcome.CLOSED


def _confirm(endorsement: Endorsement, version: TextVersion, replaces: int | None, now: datetime) -> Outcome:
    """Move a pending endorsement to the list or the queue; one that is held stays held."""
    changes = {"confirmed_at": now, "version": version, "answers_hash": ""} | known_since(endorsement)
    for name, value in changes.items():
        setattr(endorsement, name, value)
    lock_rows_at_address(endorsement)
    if precedence.standing_for(endorsement):
        endorsement.refresh_from_db()
        return Outcome.ALREADY_ENDORSED
    if earlier := precedence.earlier_of_holder(endorsement, replaces):
        changes["replaces"] = max(earlier, key=lambda row: (row.pk == replaces, row.state == State.LISTED))
    listed = endorsement.state == State.PENDING and may_be_listed_at_once(endorsement) and precedence.lets_list(endorsement)
    if listed:
        changes["listed_at"] = now
        make_room(endorsement, now=now)
    if endorsement.state == State.HELD:
        held = Endorsement.objects.filter(pk=endorsement.pk, state=State.HELD, confirmed_at__isnull=True)
        if not held.update(**changes):
            raise TransitionNotAllowed(endorsement.state, State.HELD)
        log(endorsement, "endorsements.confirm", data={"from": State.HELD, "to": State.HELD})
    elif not transition(
        endorsement,
        to=State.LISTED if listed else State.CONFIRMED,
        transitions={State.PENDING: {State.LISTED, State.CONFIRMED}},
        action="endorsements.confirm",
        changes=changes,
    ):
        endorsement.refresh_from_db()
        return Outcome.DONE
    endorsement.refresh_from_db()
    end_replaced(endorsement, now=now)
    emails.confirmed(endorsement, now=now)
    return Outcome.DONE


# Several by one signatory


def make_room(endorsement: Endorsement, *, now: datetime) -> None:
    """Take what this one outranks out of the list: its holder's earlier one ends, somebody else's waits for the secretariat."""
    for listed in precedence.others_of_signatory(endorsement).listed():
        if precedence.have_same_holder(listed, endorsement):
            _replace(listed, by=endorsement, now=now)
        else:
            hold(listed, reason=HoldReason.OUTRANKED, by=None)


def end_replaced(endorsement: Endorsement, *, now: datetime) -> None:
    """End what its holder has replaced by confirming it: other submissions of theirs, and earlier endorsements.

    One that is listed ends only when this one is listed too. One that is held stays with the secretariat.
    """
    for row in precedence.unconfirmed_of_holder(endorsement):
        _replace(row, by=endorsement, now=now)
    for earlier in precedence.earlier_of_holder(endorsement, endorsement.replaces_id):
        if earlier.state == State.CONFIRMED or (earlier.state == State.LISTED and endorsement.state == State.LISTED):
            _replace(earlier, by=endorsement, now=now)


def _replace(row: Endorsement, *, by: Endorsement, now: datetime) -> None:
    changes = {"ended_at": now, "withdrawal_shown": False, "merged_into": by}
    action, data = "endorsements.replace", {"by": by.pk}
    transition(row, to=State.WITHDRAWN, transitions=TRANSITIONS, action=action, changes=changes, data=data)


# List or hold


class SignatoryIsListed(TransitionNotAllowed):
    """The same signatory is in the list already by somebody else's endorsement, and the secretariat has to choose."""


def may_be_listed_at_once(endorsement: Endorsement) -> bool:
    """Whether the declaration's rule lists it without a decision of the secretariat.

    No rule lists the name of a known organisation that is confirmed from elsewhere.
    """
    page = endorsement.declaration
    rule = page.organisation_rule if endorsement.is_organisation else page.person_rule
    [found] = verify([endorsement])
    return not found.resembles and (rule == ListingRule.ALL or (rule == ListingRule.VERIFIED and found.is_verified))


def list_endorsement(endorsement: Endorsement, *, by: Any, now: datetime) -> bool:
    """List a confirmed endorsement and email its holder. If a colleague does so, its organisation is known from then on.

    Its holder's earlier one ends. Raises SignatoryIsListed if somebody else's by the same signatory is listed.
    """
    transitions = {State.CONFIRMED: {State.LISTED}, State.HELD: {State.LISTED}}
    changes = {"listed_at": now, "hold_reason": ""} | ({"approved_at": now, "approved_by": by} if by else {})
    try:
        with transaction.atomic():
            for listed in precedence.others_of_signatory(endorsement).listed():
                if not precedence.have_same_holder(listed, endorsement):
                    raise SignatoryIsListed(endorsement.state, State.LISTED)
                _replace(listed, by=endorsement, now=now)
            if not transition(endorsement, to=State.LISTED, transitions=transitions, action="endorsements.approve", by=by, changes=changes):
                return False
            end_replaced(endorsement, now=now)
            if by and endorsement.is_organisation:
                remember(endorsement)
            if endorsement.source in BY_ITS_HOLDER:
                emails.listed(endorsement, now=now)
            return True
    except IntegrityError as conflict:  # listed at the same moment
        raise SignatoryIsListed(State.LISTED, State.LISTED) from conflict


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
    """Record that a second person confirms it. If their address is at a known domain it is verified, and listed if the rule says so.

    Something unverified in its place gives way.
    """
    if not endorsement.is_live:
        return Outcome.ENDED
    with transaction.atomic():
        if Endorsement.objects.filter(pk=endorsement.pk, seconded_at__isnull=True).update(seconded_at=now):
            endorsement.refresh_from_db()
            log(endorsement, "endorsements.second")
            _list_if_allowed(endorsement, now)
    return Outcome.DONE


def _list_if_allowed(endorsement: Endorsement, now: datetime) -> None:
    try:
        with transaction.atomic():
            allowed = endorsement.state == State.CONFIRMED and may_be_listed_at_once(endorsement) and precedence.lets_list(endorsement)
            if allowed:
                make_room(endorsement, now=now)
                list_endorsement(endorsement, by=None, now=now)
    except TransitionNotAllowed:  # decided on at the same moment: it stays with the secretariat
        endorsement.refresh_from_db()


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
