"""Members and an open declaration: they are asked, they endorse with one button, say until when they decide, or that they will not."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from wagtail.log_actions import log

from core.dates import site_date
from core.mail.addresses import canonical_address
from core.transitions import TransitionNotAllowed, transition
from endorsements.models import DeclarationPage, Endorsement, Invitation, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.signing import emails as signing_emails
from endorsements.signing.consents import record
from endorsements.signing.submission import Submission
from endorsements.signing.workflow import Outcome, hold_still, may_be_listed_at_once
from endorsements.states import Answer, Kind, Purpose, SignOnState, Source, State
from members.models import Contact, Organisation

from .emails import INVITED, REMINDED, never_written_to, write
from .queries import is_asked_about, last_day, may_answer, not_asked, silent, standing_of, whom_to_ask

# So many organisations in one go: the rest in the next.
MOST = 200


def ask_members(page: DeclarationPage, *, among: Any = None, by: Any = None, now: datetime) -> int:
    """Write to those who answer for each member that was not asked yet, or only for those `among` them (organisations). How many were.

    Each organisation is a transaction, and asked once, whoever else asks at this moment.
    """
    if not is_asked_about(page, now):
        return 0
    rows = not_asked(page, now)
    rows = list(rows.filter(pk__in=among) if among is not None else rows)
    reached = whom_to_ask(rows)
    rows = [organisation for organisation in rows if organisation.pk in reached][:MOST]
    count = sum(_ask(page, organisation, reached[organisation.pk], now) for organisation in rows)
    if count:
        log(sign_on_of(page), "endorsements.ask_members", user=by, data={"count": count})
    return count


def _ask(page: DeclarationPage, organisation: Organisation, contacts: list[Contact], now: datetime) -> bool:
    try:
        with transaction.atomic():
            Invitation.objects.create(declaration=page, organisation=organisation, asked_at=now)
            for contact in contacts:
                write(INVITED, page, contact, organisation)
    except IntegrityError:  # somebody was faster
        return False
    return True


def ask_who_follows(page: DeclarationPage, *, now: datetime) -> int:
    """Ask those who answer by now for a member that was asked and is silent, and to whom nobody has written about it: their address is
    another, or they have taken over. Once each, and as if the member had not been asked before. Of how many members."""
    if not is_asked_about(page, now):
        return 0
    rows = list(silent(page, now).select_related("organisation").order_by("pk"))
    new = never_written_to(page, whom_to_ask([row.organisation for row in rows]))
    with transaction.atomic():
        count = sum(_write_again(INVITED, page, row, new, noted="asked_at", now=now) for row in rows)
        if count:
            log(sign_on_of(page), "endorsements.ask_members", data={"count": count})
    return count


def chase(page: DeclarationPage, *, by: Any, now: datetime) -> int:
    """A second mail to those that are silent, or that would have decided by now: once each, ever. How many organisations got it."""
    if not is_asked_about(page, now):
        return 0
    rows = list(Invitation.objects.under(page).to_chase(now).select_related("organisation").order_by("pk")[:MOST])
    reached = whom_to_ask([row.organisation for row in rows])
    with transaction.atomic():
        count = sum(_write_again(REMINDED, page, row, reached, noted="chased_at", now=now) for row in rows)
        if count:
            log(sign_on_of(page), "endorsements.chase_members", user=by, data={"count": count})
    return count


def _write_again(
    name: str, page: DeclarationPage, row: Invitation, reached: Mapping[int, list[Contact]], *, noted: str, now: datetime
) -> bool:
    """Note when, and write, unless nobody is reached or somebody else has noted it since the row was read."""
    contacts, as_read = reached.get(row.organisation_id, []), {noted: getattr(row, noted)}
    if not contacts or not Invitation.objects.filter(pk=row.pk, **as_read).update(**{noted: now}):
        return False
    for contact in contacts:
        write(name, page, contact, row.organisation)
    return True


def hindrance(page: DeclarationPage, contact: Contact, *, now: datetime) -> Outcome | None:
    """Why nothing can be answered at this moment; None when it can. ENDED: this contact does not speak for a member, or no longer."""
    if not may_answer(contact):
        return Outcome.ENDED
    if sign_on_of(page).state == SignOnState.OPEN and not page.live:
        return Outcome.PAUSED
    return None if is_asked_about(page, now) else Outcome.CLOSED


def answer(page: DeclarationPage, contact: Contact, *, word: Answer, until: date | None = None, now: datetime) -> Outcome:
    """DECIDING, with the day `until` which, or NO. It can be changed while the declaration is open; the same again changes nothing.

    STANDS_ALREADY when the organisation endorses it: that is taken back by the link of the endorsement. Raises ValueError for a day
    that is past, or after the closing.
    """
    hindered = hindrance(page, contact, now=now)
    if hindered:
        return hindered
    if word not in (Answer.DECIDING, Answer.NO):
        raise ValueError("a member is deciding, or says no; to endorse is another verb")
    if word == Answer.DECIDING and not (until and site_date(now) < until <= last_day(page, now)):
        raise ValueError("not a day on which it can still endorse")
    if standing_of(page, contact.organisation):
        return Outcome.STANDS_ALREADY
    _note(page, contact, answer=word, until=until if word == Answer.DECIDING else None, now=now)
    return Outcome.DONE


def _note(page: DeclarationPage, contact: Contact, *, answer: str, until: date | None, now: datetime) -> None:
    """Keep what was answered, and by whom; an organisation that was not asked answers unasked."""
    with transaction.atomic():
        row, _new = Invitation.objects.get_or_create(declaration=page, organisation=contact.organisation)
        if row.answered_at and (row.answer, row.deciding_until) == (answer, until):
            return
        row.answer, row.deciding_until, row.answered_at, row.answered_by = answer, until, now, contact
        row.save(update_fields=("answer", "deciding_until", "answered_at", "answered_by"))
        log(row, "endorsements.answer", data={"answer": answer or Answer.YES.value, "until": until.isoformat() if until else ""})


def submission_of(contact: Contact, language: str = "") -> Submission:
    """What the contact would have typed into the form for their organisation."""
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
    """Put the organisation's name under the text that was shown. The link has proven the address, so that nothing is left to confirm.

    TEXT_CHANGED when `version` is not of the number in force: show the new text first. STANDS_ALREADY when it stands there, whichever
    way that came; of many who press at once, all but one.
    """
    hindered = hindrance(page, contact, now=now)
    if hindered:
        return hindered
    if standing_of(page, contact.organisation):
        return Outcome.STANDS_ALREADY
    in_force = sign_on_of(page).version
    if in_force is None or version.number != in_force.number:
        return Outcome.TEXT_CHANGED
    try:
        with transaction.atomic():
            hold_still(contact.organisation)
            row = _sign(page, contact, version, submission_of(contact, language), now)
            record(row, Purpose.AUTHORITY, True, page, language=language, now=now)
            _note(page, contact, answer="", until=None, now=now)
            signing_emails.confirmed(row, now=now)
    except (IntegrityError, TransitionNotAllowed):
        return Outcome.STANDS_ALREADY
    return Outcome.DONE


def _sign(page: DeclarationPage, contact: Contact, version: TextVersion, submission: Submission, now: datetime) -> Endorsement:
    """The endorsement, confirmed. What this person had typed into the form and not confirmed becomes it."""
    who = {"declaration_id": page.pk, "key": submission.key, "address_key": canonical_address(submission.email)}
    values = submission.row() | {"version": version, "organisation": contact.organisation, "source": Source.MEMBER, "confirmed_at": now}
    state = State.CONFIRMED
    if may_be_listed_at_once(Endorsement(declaration=page, **values)):
        state = State.LISTED
        values["listed_at"] = now
    waiting = Endorsement.objects.filter(**who, state=State.PENDING).first()
    if waiting:
        transition(waiting, to=state, transitions={State.PENDING: {state}}, action="endorsements.endorse", changes=values)
        return waiting
    row = Endorsement.objects.create(**who, **values, state=state, submitted_at=now)
    log(row, "endorsements.endorse", data={"to": state})
    return row
