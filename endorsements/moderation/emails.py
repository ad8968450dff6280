"""The email that tells the holder of an endorsement that the secretariat has declined it."""

from datetime import datetime
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.mail.delivery import still_wanted
from core.mail.templates import compose, email_template
from core.models import OutgoingMail
from endorsements.models import Endorsement
from endorsements.signing.emails import DECLARATION, MANAGE, endorsement_context, found_by, sample, sample_address, send_about
from endorsements.states import State


def declined(endorsement: Endorsement, *, message: str, now: datetime) -> bool:
    """Tell the holder, with `message` added. Once a day."""
    return send_about("endorsements/declined", endorsement, "declined", f"{now:%Y-%m-%d}", links={"manage_url": MANAGE}, message=message)


def declined_preview(endorsement: Endorsement, *, message: str) -> EmailMultiAlternatives:
    """The email that `declined` would write, to read before the decision."""
    context = endorsement_context(endorsement) | {"message": message, "manage_url": sample_address(MANAGE)}
    return compose("endorsements/declined", to=endorsement.email, context=context)


@still_wanted("endorsements.declined")
def is_declined(mail: OutgoingMail) -> bool:
    found = found_by(mail.about)
    return found is not None and found.state == State.DECLINED


@email_template("endorsements/declined", gettext_lazy("Endorsement: declined"), DECLARATION)
def _sample_declined() -> dict[str, Any]:
    return sample() | {"message": _("A sentence that the secretariat adds."), "manage_url": sample_address(MANAGE)}
