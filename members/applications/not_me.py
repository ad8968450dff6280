""" "This was not me": an address was typed by somebody else, and its owner wants no mail from here."""

from django.db import transaction
from wagtail.log_actions import log

from core.mail.suppression import suppress
from core.transitions import TransitionNotAllowed
from members.models import Application, Contact, Invitation
from members.states import State

from . import workflow


def disown(row: Application | Invitation | Contact) -> None:
    """Nothing is written to its address any more. An invitation ends, a contact is one no more, and an empty draft is deleted.

    Where something was typed, whoever got that far had the link: it stays, a draft until its time is over, and its history tells.
    """
    with transaction.atomic():
        suppress(row.email)
        match row:
            case Invitation():
                workflow.uninvite(row)
                log(row.application, "members.disown")
            case Contact():
                row.delete()
                log(row.organisation, "members.disown")
            case Application():
                if not (_is_empty(row) and _discarded(row)):
                    log(row, "members.disown")


def _is_empty(application: Application) -> bool:
    return application.state == State.DRAFT and application.saved_at is None


def _discarded(draft: Application) -> bool:
    """False when it was handed in at this very moment."""
    try:
        return workflow.discard(draft)
    except TransitionNotAllowed:
        return False
