"""What is held here of one person, for `members.personal_data`: applications, contacts, seats and votes, and accounts of the admin."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.mail.addresses import canonical_address
from core.transitions import Refused, move
from members.applications.requirements import FORM_FIELDS, PEOPLE_FIELDS

from . import personal_data
from .applications import workflow as applications_workflow
from .committee import workflow as committee
from .models import Application, Contact, Invitation, Membership, ProfileChange, Seat, Vote
from .personal_data import Held, is_of
from .retention import NO_ALTERNATE, NO_PERSON, anonymise, forget_votes
from .states import MOVES, OPEN, ContactRole, State

Match = Callable[[str, str], bool]
ERASE = "members.erase"
_TOLD = (*FORM_FIELDS, "email", "language", "state", "started_at", "submitted_at", "promised_on", "ended_at", "letter")
_PEOPLE = {prefix: [field for field in PEOPLE_FIELDS if field.startswith(prefix)] for prefix in ("representative", "second")}


# Applications


def applications(words: str) -> Iterator[Held]:
    """Those they began; those they are named in; those they are invited to. There are hundreds, not thousands: all are looked at."""
    theirs = is_of(words)
    for row in Application.objects.filter(anonymised_at__isnull=True).order_by("pk"):
        if theirs(_name_of_applicant(row), row.email):
            yield _application(row)
            continue
        for prefix in _PEOPLE:
            if theirs(getattr(row, f"{prefix}_name"), getattr(row, f"{prefix}_email")):
                yield _named(row, prefix)
    for invited in Invitation.objects.select_related("application").order_by("pk"):
        if theirs("", invited.email):
            yield _invited(invited)


def _name_of_applicant(row: Application) -> str:
    """The representative's, who most often is the applicant; '' when it is somebody else."""
    return row.representative_name if canonical_address(row.representative_email) == row.address_key else ""


def _application(row: Application) -> Held:
    fates = {
        State.DRAFT: _("It is deleted, with its files and all links to it."),
        State.ACCEPTED: _("What it says goes, with people, files and mails. The membership and the entry in the directory stay."),
    }
    ended = _("What it says goes, with people, files and mails. That there was one stays: how it ended, country, kind and dates.")
    if row.state in OPEN:
        ended = _("It is withdrawn, and a ballot about it is cancelled.") + " " + ended
    return Held(
        row=row,
        what=_("Application of %(name)s: %(state)s") % {"name": row.title, "state": row.get_state_display()},
        fate=str(fates.get(State(row.state), ended)),
        tell=lambda: _tell_application(row),
        erase=lambda *, by, now: _erase_application(row, by=by, now=now),
        url=_address_of(row),
    )


def _address_of(row: Application) -> str:
    return "" if row.state == State.DRAFT else reverse("applications:inspect", args=(row.pk,))


def _tell_application(row: Application) -> dict[str, Any]:
    return {
        **{field: _plain(getattr(row, field)) for field in _TOLD},
        "files": list(row.files.values("kind", "name", "size", "uploaded_at")),
        "questions": list(row.questions.values("field", "text", "before", "after", "reply", "asked_at", "answered_at")),
        "notes": list(row.notes.values("text", "at")),
        "colleagues": list(row.invitations.values("email", "access", "invited_at")),
    }


def _plain(value: Any) -> Any:
    """Countries by their codes; anything else as it is."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [country.code for country in value]
    return str(value.code or "") if hasattr(value, "code") else value


def _erase_application(row: Application, *, by: Any, now: datetime) -> None:
    """Whatever state it has come to meanwhile."""
    if row.state == State.DRAFT:
        with contextlib.suppress(Refused), transaction.atomic():
            log(row, ERASE, user=by, deleted=True)
            applications_workflow.discard(row)
            return
    with contextlib.suppress(Refused):
        move(row, to=State.WITHDRAWN, moves=MOVES, action="members.withdraw", by=by, changes={"ended_at": now})
        committee.cancel_running(row, by=by, now=now)
    row.refresh_from_db()
    anonymise(row, by=by, now=now)


def _named(row: Application, prefix: str) -> Held:
    fields = _PEOPLE[prefix]
    first = ""
    if prefix == "representative" and row.state in OPEN:
        first = _("An application needs a representative: ask the applicant to name somebody else.")
    whom = {"representative": _("Named as representative in the application of %(name)s")}
    return Held(
        row=row,
        what=whom.get(prefix, _("Named as second contact in the application of %(name)s")) % {"name": row.title},
        fate=_("Name, role, address and telephone are taken out. The application stays: it is somebody else’s."),
        tell=lambda: {field: getattr(row, field) for field in fields} | {"application_of": row.name},
        erase=lambda *, by, now: _take_out(row, fields, by=by),
        first=first,
        url=_address_of(row),
    )


def _take_out(row: Application, fields: list[str], *, by: Any) -> None:
    Application.objects.filter(pk=row.pk).update(**dict.fromkeys(fields, ""))
    row.questions.filter(field__in=fields).update(before="", after="")
    log(row, ERASE, user=by)


def _invited(row: Invitation) -> Held:
    return Held(
        row=row,
        what=_("Invited to the application of %(name)s") % {"name": row.application.title},
        fate=_("The invitation is deleted, and its link works no more."),
        tell=lambda: {"email": row.email, "invited_to": row.application.title, "access": row.access, "invited_at": row.invited_at},
        erase=lambda *, by, now: _uninvite(row, by=by),
        url=_address_of(row.application),
    )


def _uninvite(row: Invitation, *, by: Any) -> None:
    applications_workflow.uninvite(row)
    log(row.application, ERASE, user=by)


# Members


def contacts(words: str) -> Iterator[Held]:
    theirs = is_of(words)
    for row in Contact.objects.select_related("organisation").order_by("pk"):
        if theirs(row.name, row.email):
            yield _contact(row)


def _contact(row: Contact) -> Held:
    told = {"name": row.organisation.name, "roles": ", ".join(row.roles)}
    return Held(
        row=row,
        what=(_("Contact of %(name)s: %(roles)s") if row.roles else _("Contact of %(name)s")) % told,
        fate=_("It is deleted, with its links and mails. What they proposed for the public profile stays, without their name."),
        tell=lambda: _tell_contact(row),
        erase=lambda *, by, now: _end_contact(row, by=by),
        first=_before_a_contact_goes(row),
        url=reverse("wagtailsnippets_members_organisation:edit", args=(row.organisation_id,)),
    )


def _before_a_contact_goes(row: Contact) -> str:
    """A member keeps one contact, and one who votes; the right to be erased is stronger, so this hinders nobody."""
    others = Contact.objects.filter(organisation=row.organisation_id).exclude(pk=row.pk)
    if not Membership.objects.on(timezone.localdate()).filter(organisation=row.organisation_id).exists():
        return ""
    told = {"name": row.organisation.name}
    if not others.exists():
        return _("It is the only contact of %(name)s. Ask there who follows, and enter them; else nobody of it can be reached.") % told
    if row.voting and not others.with_role(ContactRole.VOTING).exists():
        return _("Nobody else votes for %(name)s. Ask there who follows, and tick it with that contact.") % told
    return ""


def _tell_contact(row: Contact) -> dict[str, Any]:
    proposed = ProfileChange.objects.filter(contact=row).values("proposed_at", "state", "before", "after", "reason")
    return {
        "organisation": row.organisation.name,
        "roles": row.roles,
        **{field: getattr(row, field) for field in ("name", "email", "position", "phone", "added_at")},
        "profile_changes": list(proposed),
    }


def _end_contact(row: Contact, *, by: Any) -> None:
    row.delete()
    log(row.organisation, ERASE, user=by)


def seats_and_votes(words: str) -> Iterator[Held]:
    theirs = is_of(words)
    for seat in Seat.objects.select_related("organisation").order_by("pk"):
        for field, emptied in (("person", NO_PERSON), ("alternate", NO_ALTERNATE)):
            if theirs(getattr(seat, f"{field}_name"), getattr(seat, f"{field}_email")):
                yield _seat(seat, field, emptied)
    for vote in Vote.objects.select_related("ballot__application").order_by("pk"):
        if theirs(vote.person_name, vote.email):
            yield _vote(vote)


def _seat(row: Seat, field: str, emptied: dict[str, str]) -> Held:
    whose = {"person": _("Seat of %(name)s on the steering committee"), "alternate": _("Alternate for the seat of %(name)s")}
    lasts = Seat.objects.on(timezone.localdate()).filter(pk=row.pk).exists()
    told = {"organisation": row.organisation.name, "since": row.since, "until": row.until, "as": field}
    return Held(
        row=row,
        what=whose[field] % {"name": row.organisation.name},
        fate=_("Name and address go. The seat and its term stay: they are the organisation’s."),
        tell=lambda: told | {name: getattr(row, name) for name in emptied},
        erase=lambda *, by, now: _empty_seat(row, emptied, by=by),
        first=_("Enter who sits there instead; else the seat gets no ballots.") if lasts and field == "person" else "",
        url=reverse("wagtailsnippets_members_organisation:edit", args=(row.organisation_id,)),
    )


def _empty_seat(row: Seat, emptied: dict[str, str], *, by: Any) -> None:
    Seat.objects.filter(pk=row.pk).update(**emptied)
    log(row.organisation, ERASE, user=by)


def _vote(row: Vote) -> Held:
    told = {"name": row.organisation_name, "about": row.ballot.application.title}
    fields = ("organisation_name", "person_name", "email", "choice", "reason", "cast_at")
    running = _("The ballot runs still: the seat is silent from then on, unless you write down its vote.")
    return Held(
        row=row,
        what=_("Vote for %(name)s on %(about)s") % told,
        fate=_("Name, address, reason and link go. The vote stays: it is the organisation’s, and the minutes rest on it."),
        tell=lambda: {field: getattr(row, field) for field in fields} | {"about": row.ballot.application.title},
        erase=lambda *, by, now: _empty_vote(row, by=by),
        first=running if row.ballot.is_running and not row.choice else "",
        url=reverse("ballots:inspect", args=(row.ballot_id,)),
    )


def _empty_vote(row: Vote, *, by: Any) -> None:
    forget_votes(Vote.objects.filter(pk=row.pk))
    log(row.ballot, ERASE, user=by)


# Accounts


def accounts(words: str) -> Iterator[Held]:
    theirs = is_of(words)
    for user in get_user_model()._default_manager.order_by("pk"):
        if theirs(user.get_full_name(), user.email):
            yield _account(user)


def _account(user: Any) -> Held:
    return Held(
        row=user,
        what=_("Account to sign in with here"),
        fate=_("It stays: the history has to say who did what (Article 17(3)(e)). If they left, untick “Active” there."),
        tell=lambda: (
            {"name": user.get_full_name(), "email": user.email, "since": user.date_joined, "last_sign_in": user.last_login}
            | {"roles": list(user.groups.values_list("name", flat=True))}
        ),
        erase=None,
        url=reverse("wagtailusers_users:edit", args=(user.pk,)),
    )


personal_data.register("applications", applications, permission="members.change_application")
personal_data.register("contacts", contacts, permission="members.change_organisation")
personal_data.register("seats and votes", seats_and_votes, permission="members.change_ballot")
personal_data.register("accounts", accounts, permission="accounts.change_user")
