"""The emails to the holder of an endorsement: it was declined, a decision is undone, or a name is corrected."""

from copy import copy
from datetime import datetime
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.mail.delivery import still_wanted
from core.mail.templates import Cause, compose, email_template
from core.models import OutgoingMail
from endorsements.models import BulkAct, Endorsement, NameChange
from endorsements.signing.emails import (
    DECLARATION,
    MANAGE,
    endorsement_context,
    find_by_subject,
    how_listed,
    sample,
    sample_link,
    send_about,
)
from endorsements.states import State


def declined(endorsement: Endorsement, *, message: str, now: datetime) -> bool:
    """Email the holder, with `message` added. Each call writes another email: it may be undone and declined again."""
    return send_about("endorsements/declined", endorsement, "declined", links={"manage_url": MANAGE}, is_repeatable=True, message=message)


def undone(endorsement: Endorsement, act: BulkAct, *, was: str, now: datetime) -> bool:
    """Tell the holder that a decision they were emailed about, which led to the state `was`, is undone, and what holds now."""
    return send_about(
        "endorsements/undone",
        endorsement,
        "undone",
        act.pk,
        endorsement.state,
        links={"manage_url": MANAGE},
        was_declined=was == State.DECLINED,
        day=act.made_at,
        how=how_listed(endorsement),
    )


def declined_preview(endorsement: Endorsement, *, message: str) -> EmailMultiAlternatives:
    """The email that `declined` would send, to be read before declining."""
    context = endorsement_context(endorsement) | {"message": message, "manage_url": sample_link(MANAGE)}
    return compose("endorsements/declined", to=endorsement.email, context=context)


def renamed(change: NameChange, *, by_holder: bool, now: datetime) -> bool:
    """Tell the holder how the endorsement is listed now: as they proposed (`by_holder`), or as the secretariat corrected it."""
    return send_about(
        "endorsements/renamed",
        change.endorsement,
        "renamed",
        change.pk,
        links={"manage_url": MANAGE},
        lines=change.lines,
        by_holder=by_holder,
        how=how_listed(change.endorsement),
    )


def renamed_preview(change: NameChange) -> EmailMultiAlternatives:
    """The email that `renamed` would send of a correction by the secretariat, to be read first."""
    named = copy(change.endorsement)
    for name, value in change.values.items():
        setattr(named, name, value)
    context = {"lines": change.lines, "by_holder": False, "how": how_listed(named), "manage_url": sample_link(MANAGE)}
    return compose("endorsements/renamed", to=named.email, context=endorsement_context(named) | context)


def name_declined(change: NameChange, *, message: str, now: datetime) -> bool:
    """Tell the holder that the name stays as it is, with `message` added."""
    return send_about(
        "endorsements/name_declined",
        change.endorsement,
        "name-declined",
        change.pk,
        links={"manage_url": MANAGE},
        lines=change.lines,
        message=message,
    )


@still_wanted("endorsements.renamed")
@still_wanted("endorsements.name_declined")
def is_live(mail: OutgoingMail) -> bool:
    found = find_by_subject(mail.about)
    return found is not None and found.is_live


@still_wanted("endorsements.declined")
def is_declined(mail: OutgoingMail) -> bool:
    found = find_by_subject(mail.about)
    return found is not None and found.state == State.DECLINED


@still_wanted("endorsements.undone")
def is_as_restored(mail: OutgoingMail) -> bool:
    """The key ends with the state that the email tells of."""
    found = find_by_subject(mail.about)
    return found is not None and found.state == mail.key.rpartition(":")[2]


@email_template("endorsements/declined", gettext_lazy("Endorsement: declined"), DECLARATION, cause=Cause.COLLEAGUE)
def _sample_declined() -> dict[str, Any]:
    return sample() | {"message": _("A sentence that the secretariat adds."), "manage_url": sample_link(MANAGE)}


@email_template("endorsements/undone", gettext_lazy("Endorsement: a decision is undone"), DECLARATION, cause=Cause.COLLEAGUE)
def _sample_undone() -> dict[str, Any]:
    return sample() | {"was_declined": True, "day": timezone.now(), "how": "named", "manage_url": sample_link(MANAGE)}


LINES = [(gettext_lazy("name"), "Midwifes of Example", "Midwives of Example")]


@email_template(
    "endorsements/renamed",
    gettext_lazy("Endorsement: the name is corrected"),
    DECLARATION,
    correction=gettext_lazy("by the secretariat"),
    cause=Cause.COLLEAGUE,
)
def _sample_renamed() -> dict[str, Any]:
    return sample() | {"lines": LINES, "by_holder": True, "how": "named", "manage_url": sample_link(MANAGE)}


@email_template("endorsements/name_declined", gettext_lazy("Endorsement: the name stays as it is"), DECLARATION, cause=Cause.COLLEAGUE)
def _sample_name_declined() -> dict[str, Any]:
    message = _("A sentence that the secretariat adds.")
    return sample() | {"lines": LINES, "message": message, "manage_url": sample_link(MANAGE)}
