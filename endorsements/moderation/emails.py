"""The emails to the holder of an endorsement: it was declined, or a decision that they were emailed about was undone."""

from datetime import datetime
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.mail.delivery import still_wanted
from core.mail.templates import compose, email_template
from core.models import OutgoingMail
from endorsements.models import BulkAct, Endorsement
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


def undone(endorsement: Endorsement, act: BulkAct, *, now: datetime) -> bool:
    """Tell the holder that a decision they were emailed about is undone, and what holds now."""
    return send_about(
        "endorsements/undone",
        endorsement,
        "undone",
        act.pk,
        endorsement.state,
        links={"manage_url": MANAGE},
        was_declined=act.to == State.DECLINED,
        day=act.made_at,
        how=how_listed(endorsement),
    )


def declined_preview(endorsement: Endorsement, *, message: str) -> EmailMultiAlternatives:
    """The email that `declined` would send, to be read before declining."""
    context = endorsement_context(endorsement) | {"message": message, "manage_url": sample_link(MANAGE)}
    return compose("endorsements/declined", to=endorsement.email, context=context)


@still_wanted("endorsements.declined")
def is_declined(mail: OutgoingMail) -> bool:
    found = find_by_subject(mail.about)
    return found is not None and found.state == State.DECLINED


@still_wanted("endorsements.undone")
def is_as_restored(mail: OutgoingMail) -> bool:
    """The key ends with the state that the email tells of."""
    found = find_by_subject(mail.about)
    return found is not None and found.state == mail.key.rpartition(":")[2]


@email_template("endorsements/declined", gettext_lazy("Endorsement: declined"), DECLARATION)
def _sample_declined() -> dict[str, Any]:
    return sample() | {"message": _("A sentence that the secretariat adds."), "manage_url": sample_link(MANAGE)}


@email_template("endorsements/undone", gettext_lazy("Endorsement: a decision is undone"), DECLARATION)
def _sample_undone() -> dict[str, Any]:
    return sample() | {"was_declined": True, "day": timezone.now(), "how": "named", "manage_url": sample_link(MANAGE)}
