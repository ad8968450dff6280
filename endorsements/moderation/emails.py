"""The email to the holder of an endorsement that was declined."""

from datetime import datetime
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.mail.delivery import still_wanted
from core.mail.templates import compose, email_template
from core.models import OutgoingMail
from endorsements.models import Endorsement
from endorsements.signing.emails import DECLARATION, MANAGE, endorsement_context, find_by_subject, sample, sample_link, send_about
from endorsements.states import State


def declined(endorsement: Endorsement, *, message: str, now: datetime) -> bool:
    """Email the holder, with `message` added. At most once a day."""
    return send_about("endorsements/declined", endorsement, "declined", f"{now:%Y-%m-%d}", links={"manage_url": MANAGE}, message=message)


def declined_preview(endorsement: Endorsement, *, message: str) -> EmailMultiAlternatives:
    """The email that `declined` would send, to be read before declining."""
    context = endorsement_context(endorsement) | {"message": message, "manage_url": sample_link(MANAGE)}
    return compose("endorsements/declined", to=endorsement.email, context=context)


@still_wanted("endorsements.declined")
def is_declined(mail: OutgoingMail) -> bool:
    found = find_by_subject(mail.about)
    return found is not None and found.state == State.DECLINED


@email_template("endorsements/declined", gettext_lazy("Endorsement: declined"), DECLARATION)
def _sample_declined() -> dict[str, Any]:
    return sample() | {"message": _("A sentence that the secretariat adds."), "manage_url": sample_link(MANAGE)}
