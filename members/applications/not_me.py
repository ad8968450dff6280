"""Reports of "this wasn't me": somebody entered an email address that is not theirs."""

from django.db import transaction
from wagtail.log_actions import log

from core.mail.suppression import suppress
from core.transitions import TransitionNotAllowed
from members.models import AddressChange, Application, Contact, Invitation
from members.states import ApplicationState

from . import workflow


def report_not_me(row: Application | Invitation | Contact | AddressChange) -> None:
    """Suppress the email address of a row; delete the row if it is an invitation, a contact, a change of address or an empty draft.

    Any other application is kept with a log entry, because only somebody with the link can have filled it in.
    """
    with transaction.atomic():
        suppress(row.email)
        match row:
            case Invitation():
                workflow.uninvite(row)
                log(row.application, "members.disown")
            case AddressChange():
                row.delete()
                log(row.contact.organisation, "members.disown")
            case Contact():
                row.delete()
                log(row.organisation, "members.disown")
            case Application():
                if not (_is_empty(row) and _discarded(row)):
                    log(row, "members.disown")


def _is_empty(application: Application) -> bool:
    return application.state == ApplicationState.DRAFT and application.saved_at is None


def _discarded(draft: Application) -> bool:
    """Delete a draft. False when it was submitted at the same moment."""
    try:
        return workflow.discard(draft)
    except TransitionNotAllowed:
        return False
