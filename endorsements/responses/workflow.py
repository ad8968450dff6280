"""Asking members to endorse an open declaration, and their answers: endorse, decide until a day, or no."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from wagtail.log_actions import log

from core.dates import site_date
from core.mail.addresses import canonical_address
from core.transitions import TransitionNotAllowed
from endorsements.declarations.workflow import note_asking
from endorsements.models import DeclarationPage, Endorsement, Invitation, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.signing import emails as signing_emails
from endorsements.signing import precedence
from endorsements.signing.consents import record_consent
from endorsements.signing.locks import lock_organisation, lock_rows_at_address
from endorsements.signing.submission import Submission
from endorsements.signing.workflow import MAX_ATTEMPTS, Outcome, end_replaced, hold, make_room, may_be_listed_at_once
from endorsements.states import Answer, HoldReason, Kind, Purpose, SignOnState, Source, State
from members.models import Contact, Organisation

from .emails import INVITED, REMINDED, ask, ask_about_several, not_yet_emailed
from .queries import asks_members, contacts_to_ask, endorsement_of, last_decision_day, may_answer, not_asked, reachable, silent

# More organisations than this are asked in the next run.
MAX_PER_RUN = 200


class Question(NamedTuple):
    """A declaration that an organisation is to be asked about, whom to email, and the invitation if it was asked before."""

    page: DeclarationPage
    contacts: list[Contact]
    invitation: Invitation | None = None


def ask_members(page: DeclarationPage, *, by: Any = None, now: datetime) -> int:
    """Email the contacts of each member that was not asked about it yet. Returns how many members.

    Concurrent calls ask each organisation once; each is a transaction.
    """
    if not asks_members(page, now):
        return 0
    members = list(not_asked(page, now).values_list("pk", flat=True))
    can_be_asked = reachable(members)
    rows = Organisation.objects.in_bulk([pk for pk in members if pk in can_be_asked][:MAX_PER_RUN])
    reached = contacts_to_ask(rows.values())
    count = sum(bool(_ask(row, [Question(page, reached[pk])], now)) for pk, row in rows.items() if pk in reached)
    if count:
        note_asking(sign_on_of(page), now=now)
        log(sign_on_of(page), "endorsements.ask_members", user=by, data={"count": count})
    return count


def ask_all(pages: Iterable[tuple[DeclarationPage, Any]], *, because_of: Collection[DeclarationPage], now: datetime) -> int:
    """Ask about open declarations, each with the organisations `among` which members are asked. Returns how many organisations.

    Members that were not asked are; and so are, of those that are silent, contacts who were not emailed yet, because they or their
    addresses were not known. A contact gets one email about all of their declarations, if one of them is among `because_of`.
    """
    questions: dict[Organisation, list[Question]] = defaultdict(list)
    for page, among in pages:
        if asks_members(page, now):
            for organisation, question in _questions(page, among, now):
                questions[organisation].append(question)
    wanted = [pair for pair in questions.items() if any(question.page in because_of for question in pair[1])]
    asked = [_ask(organisation, theirs, now) for organisation, theirs in wanted[:MAX_PER_RUN]]
    counts = Counter(question.page for ours in asked for question in ours)
    for page, count in counts.items():
        log(sign_on_of(page), "endorsements.ask_members", data={"count": count})
    return sum(map(bool, asked))


def _questions(page: DeclarationPage, among: Any, now: datetime) -> Iterator[tuple[Organisation, Question]]:
    rows = list(not_asked(page, now).filter(pk__in=among))
    reached = _not_imported_since(page, contacts_to_ask(rows))
    yield from ((row, Question(page, reached[row.pk])) for row in rows if row.pk in reached)
    invitations = list(silent(page, now).select_related("organisation").order_by("pk"))
    new = _not_imported_since(page, not_yet_emailed(page, contacts_to_ask([row.organisation for row in invitations])))
    yield from ((row.organisation, Question(page, new[row.organisation_id], row)) for row in invitations if row.organisation_id in new)


def _not_imported_since(page: DeclarationPage, asked: Mapping[int, list[Contact]]) -> dict[int, list[Contact]]:
    """Those of the contacts, by organisation, who did not come with an import after asking began: an import emails nobody."""
    began = sign_on_of(page).ask_members_at
    kept = {pk: [one for one in contacts if not (one.imported_id and began and one.added_at >= began)] for pk, contacts in asked.items()}
    return {pk: contacts for pk, contacts in kept.items() if contacts}


def _ask(organisation: Organisation, questions: list[Question], now: datetime) -> list[Question]:
    """Record that the organisation is asked, and email each contact once. Returns the questions that no concurrent call has asked."""
    with transaction.atomic():
        ours = [question for question in questions if _claim(organisation, question, now)]
        pages: dict[Contact, list[DeclarationPage]] = defaultdict(list)
        for question in ours:
            for contact in question.contacts:
                pages[contact].append(question.page)
        for contact, theirs in pages.items():
            ask_about_several(theirs, contact, organisation) if len(theirs) > 1 else ask(INVITED, theirs[0], contact, organisation)
        return ours


def _claim(organisation: Organisation, question: Question, now: datetime) -> bool:
    """Whether this call asks the question, and no concurrent one."""
    row = question.invitation
    if row is not None:
        return bool(Invitation.objects.filter(pk=row.pk, asked_at=row.asked_at).update(asked_at=now))
    try:
        with transaction.atomic():
            Invitation.objects.create(declaration=question.page, organisation=organisation, asked_at=now)
    except IntegrityError:
        return False
    return True


def remind_members(page: DeclarationPage, *, by: Any, now: datetime) -> int:
    """Remind, once ever, members that are silent or wanted to have decided by now. Returns how many."""
    if not asks_members(page, now):
        return 0
    rows = list(Invitation.objects.for_declaration(page).to_remind(now).select_related("organisation").order_by("pk")[:MAX_PER_RUN])
    reached = contacts_to_ask([row.organisation for row in rows])
    with transaction.atomic():
        count = sum(_email_again(REMINDED, page, row, reached, field="reminded_at", now=now) for row in rows)
        if count:
            log(sign_on_of(page), "endorsements.chase_members", user=by, data={"count": count})
    return count


def _email_again(
    name: str, page: DeclarationPage, row: Invitation, reached: Mapping[int, list[Contact]], *, field: str, now: datetime
) -> bool:
    """Set the time in `field` and email the contacts, unless there are none or a concurrent call has done so."""
    contacts, as_read = reached.get(row.organisation_id, []), {field: getattr(row, field)}
    if not contacts or not Invitation.objects.filter(pk=row.pk, **as_read).update(**{field: now}):
        return False
    for contact in contacts:
        ask(name, page, contact, row.organisation)
    return True


def reason_not_to_answer(page: DeclarationPage, contact: Contact, *, now: datetime) -> Outcome | None:
    """Why it cannot be answered now; None if it can be. ENDED: this contact does not answer for a member."""
    if not may_answer(contact):
        return Outcome.ENDED
    if sign_on_of(page).state == SignOnState.OPEN and not page.live:
        return Outcome.PAUSED
    return None if asks_members(page, now) else Outcome.CLOSED


def record_answer(page: DeclarationPage, contact: Contact, *, answer: Answer, until: date | None = None, now: datetime) -> Outcome:
    """Record DECIDING (`until` a day) or NO. It can be changed while the declaration is open. Idempotent.

    ALREADY_ENDORSED if the organisation endorses it: an endorsement is withdrawn by its own link. Raises ValueError for a day in the past
    or after the closing.
    """
    reason = reason_not_to_answer(page, contact, now=now)
    if reason:
        return reason
    if answer not in (Answer.DECIDING, Answer.NO):
        raise ValueError("the answer must be DECIDING or NO; `endorse` records a yes")
    if answer == Answer.DECIDING and not (until and site_date(now) < until <= last_decision_day(page, now)):
        raise ValueError("on that day it cannot endorse")
    if endorsement_of(page, contact.organisation):
        return Outcome.ALREADY_ENDORSED
    with transaction.atomic():
        _store_answer(page, contact, answer=answer, until=until if answer == Answer.DECIDING else None, now=now)
        if answer == Answer.NO:
            _hold_claims(page, contact.organisation)
    return Outcome.DONE


def _hold_claims(page: DeclarationPage, organisation: Organisation) -> None:
    """Take out of the list what somebody unverified endorsed for an organisation that says no, even if a colleague approved it."""
    listed_here = Endorsement.objects.for_declaration(page).listed().filter(organisation=organisation)
    for listed in listed_here:
        if not precedence.speaking([listed]):
            hold(listed, reason=HoldReason.OUTRANKED, by=None)


def _store_answer(page: DeclarationPage, contact: Contact, *, answer: str, until: date | None, now: datetime) -> None:
    """Store the answer and who gave it, also of an organisation that was not asked."""
    with transaction.atomic():
        row, _new = Invitation.objects.get_or_create(declaration=page, organisation=contact.organisation)
        if row.answered_at and (row.answer, row.deciding_until) == (answer, until):
            return
        row.answer, row.deciding_until, row.answered_at, row.answered_by = answer, until, now, contact
        row.save(update_fields=("answer", "deciding_until", "answered_at", "answered_by"))
        log(row, "endorsements.answer", data={"answer": answer or Answer.YES.value, "until": until.isoformat() if until else ""})


def submission_of(contact: Contact, language: str = "") -> Submission:
    """What the contact would have filled in for their organisation."""
    organisation = contact.organisation
    return Submission(
        kind=Kind.ORGANISATION,
        name=organisation.name,
        acronym=organisation.acronym,
        country=str(organisation.country or ""),
        website=organisation.website,
        organisation_kind=organisation.kind,
        signatory=contact.name,
        role=contact.position,
        email=contact.email,
        authorised=True,
        language=language,
    )


def endorse(page: DeclarationPage, contact: Contact, *, version: TextVersion, language: str = "", now: datetime) -> Outcome:
    """Endorse the text that was shown for the contact's organisation. It needs no confirmation: the link has proven the address.

    TEXT_CHANGED if `version` has another number than the one in force: show the new text first. ALREADY_ENDORSED if an endorsement speaks
    for the organisation; of concurrent calls, all but one return it. What somebody only claimed is no obstacle.
    """
    for _attempt in range(MAX_ATTEMPTS):
        reason = reason_not_to_answer(page, contact, now=now)
        if reason:
            return reason
        if endorsement_of(page, contact.organisation):
            return Outcome.ALREADY_ENDORSED
        in_force = sign_on_of(page).version
        if in_force is None or version.number != in_force.number:
            return Outcome.TEXT_CHANGED
        try:
            with transaction.atomic():
                return _endorse(page, contact, version, language, now)
        except (IntegrityError, TransitionNotAllowed):  # another of its name was listed, held or ended at the same moment
            continue
    raise TransitionNotAllowed(None, State.CONFIRMED)


def _endorse(page: DeclarationPage, contact: Contact, version: TextVersion, language: str, now: datetime) -> Outcome:
    lock_organisation(contact.organisation)
    if endorsement_of(page, contact.organisation):  # by a colleague, at the same moment
        return Outcome.ALREADY_ENDORSED
    row = _create_endorsement(page, contact, version, submission_of(contact, language), now)
    record_consent(row, Purpose.AUTHORITY, True, page, language=language, now=now)
    _store_answer(page, contact, answer="", until=None, now=now)
    signing_emails.confirmed(row, now=now)
    return Outcome.DONE


def _create_endorsement(
    page: DeclarationPage, contact: Contact, version: TextVersion, submission: Submission, now: datetime
) -> Endorsement:
    """The confirmed endorsement. It ends what the same person had submitted in the form, and outranks what somebody else claimed."""
    row = Endorsement(
        declaration=page,
        version=version,
        key=submission.key,
        address_key=canonical_address(submission.email),
        organisation=contact.organisation,
        source=Source.MEMBER,
        state=State.CONFIRMED,
        submitted_at=now,
        confirmed_at=now,
        **submission.row(),
    )
    lock_rows_at_address(row)
    row.save(force_insert=True)
    if may_be_listed_at_once(row) and precedence.lets_list(row):
        make_room(row, now=now)
        row.state, row.listed_at = State.LISTED, now
        row.save(update_fields=("state", "listed_at"))
    log(row, "endorsements.endorse", data={"to": row.state})
    end_replaced(row, now=now)
    return row
