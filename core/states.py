"""The states of an outgoing email: data, no code. Only `core.mail.queue` and `core.mail.delivery` change them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MailState(TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")
    UNWANTED = "unwanted", _("No longer wanted")
    LIMITED = "limited", _("Email limit reached")


# A mail being sent whose time ran out (its worker was killed) is on its way as much as one that was never tried.
ON_THE_WAY = (MailState.WAITING, MailState.SENDING)
FINISHED = (MailState.SENT, MailState.FAILED, MailState.UNWANTED, MailState.LIMITED)
# What a colleague may send (again), while its text is there.
NOT_SENT = (MailState.FAILED, MailState.LIMITED)

MAIL_TRANSITIONS = {
    MailState.WAITING: {MailState.SENDING, MailState.UNWANTED},
    MailState.SENDING: {MailState.SENDING, MailState.WAITING, MailState.SENT, MailState.FAILED, MailState.UNWANTED},
    MailState.FAILED: {MailState.WAITING},
    MailState.LIMITED: {MailState.WAITING},
}
