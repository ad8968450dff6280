"""The emails to all who endorsed a declaration: a new version to confirm, a delivery, a reply. `mailings` queues them in portions.

The email about a new version goes out for every endorsement, each with a link of its own: an officer who signed for two organisations
answers for each. The one about a delivery or a reply goes to each address once.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.absolute_urls import absolute
from core.dates import site_today
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import Cause, email_template
from core.mail.wording import Variable
from core.models import OutgoingMail
from endorsements.models import Delivery, Endorsement, Mailing, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.signing.emails import DECLARATION, MANAGE, RENEW, UPDATES, find_by_subject, link, public_url, sample, sample_link, subject
from endorsements.states import MailingKind

from .snapshot import counts_text

RECIPIENT = Variable("recipient", "delivery.recipient", gettext_lazy("Whom the declaration was handed to"))
DAY = Variable("handed_over_day", 'delivery.delivered_on|date:"j F Y"', gettext_lazy("The day on which it was handed over"), typed=False)


def key_prefix(mailing: Mailing) -> str:
    """The start of the idempotency keys of its emails."""
    return f"mailing:{mailing.pk}"


def written_count(mailing: Mailing) -> int:
    """How many of its emails are queued or sent."""
    return OutgoingMail.objects.filter(key__startswith=f"{key_prefix(mailing)}:").count()


def mailing_context(mailing: Mailing) -> dict[str, Any]:
    """The context that is the same for every recipient."""
    page = mailing.declaration
    context: dict[str, Any] = {"declaration": page, "declaration_url": public_url(page)}
    delivery = mailing.delivery
    if delivery is None:
        return context | {"version": mailing.version, "closes_at": page.closes_at}
    counts = counts_text(delivery.organisations, delivery.people, delivery.countries)
    return context | {"delivery": delivery, "counted": counts, "verify_url": absolute(reverse("verify", args=(delivery.sha256,)))}


def send_mailing(mailing: Mailing, row: Endorsement, context: Mapping[str, Any]) -> bool:
    """Email the holder of one endorsement. False if their address had the email for another endorsement."""
    is_new_version = mailing.kind == MailingKind.NEW_VERSION
    if not is_new_version and _address_has_had_it(mailing, row):
        return False
    row.declaration = mailing.declaration
    name, purpose = ("renew_url", RENEW) if is_new_version else ("updates_url", UPDATES)
    return send(
        f"endorsements/{mailing.kind}",
        to=row.email,
        about=subject(row),
        key=(key_prefix(mailing), row.pk),
        context={**context, "endorsement": row},
        links={"manage_url": partial(link, row, MANAGE), name: partial(link, row, purpose)},
        unsubscribe="" if is_new_version else name,
    )


def _address_has_had_it(mailing: Mailing, row: Endorsement) -> bool:
    theirs = Endorsement.objects.for_declaration(mailing.declaration).by_address(row.address_key).values_list("pk", flat=True)
    return OutgoingMail.objects.filter(key__in=[f"{key_prefix(mailing)}:{pk}" for pk in theirs]).exists()


# Whether a queued email is still wanted


@still_wanted("endorsements.new_version")
def waits_for_renewal(mail: OutgoingMail) -> bool:
    """Endorsed under an earlier version, with time left to confirm the current one."""
    row, mailing = _live_row_and_mailing(mail)
    if row is None or mailing is None or not is_current(mailing):
        return False
    return row.version.number < version_number(mailing) and sign_on_of(row.declaration).takes_confirmations(timezone.now())


@still_wanted("endorsements.delivered")
def was_handed_over(mail: OutgoingMail) -> bool:
    """The name was handed over, is still listed, and its holder wants news."""
    row, mailing = _live_row_and_mailing(mail)
    if row is None or mailing is None or mailing.delivery is None or not row.wants_updates:
        return False
    return mailing.delivery.handed_over(Endorsement.objects.filter(pk=row.pk).listed()).exists()


@still_wanted("endorsements.reply")
def wants_news(mail: OutgoingMail) -> bool:
    row, mailing = _live_row_and_mailing(mail)
    return row is not None and mailing is not None and row.wants_updates


def _live_row_and_mailing(mail: OutgoingMail) -> tuple[Endorsement | None, Mailing | None]:
    """The endorsement that the email is about, if it is live, and the mailing that the email belongs to."""
    row = find_by_subject(mail.about)
    mailings = Mailing.objects.select_related("declaration", "version", "delivery").defer("delivery__content")
    mailing = mailings.filter(pk=int(mail.key.split(":")[1])).first()
    return (row if row and row.is_live else None), mailing


def is_current(mailing: Mailing) -> bool:
    """Whether its version has not been followed by a newer one."""
    current = sign_on_of(mailing.declaration).version
    return current is not None and current.number == version_number(mailing)


def version_number(mailing: Mailing) -> int:
    """The number of its version; 0 if it is not about one."""
    return mailing.version.number if mailing.version else 0


# Made-up values for the previews in the admin


@email_template("endorsements/delivered", gettext_lazy("Declaration: delivered"), DECLARATION, RECIPIENT, DAY, cause=Cause.COLLEAGUE)
@email_template("endorsements/reply", gettext_lazy("Declaration: there is a reply"), DECLARATION, RECIPIENT, DAY, cause=Cause.COLLEAGUE)
def _sample_delivery() -> dict[str, Any]:
    delivery = Delivery(
        recipient=_("The Minister of Health of Example"),
        delivered_on=site_today(),
        method=_("in person, at the ministry"),
        note=_("The minister took an hour for it."),
        reply=_("Thank you.\n\nWe shall put it before the cabinet."),
        replied_on=site_today(),
    )
    values = {"delivery": delivery, "counted": counts_text(42, 1300, 23), "verify_url": absolute(reverse("verify", args=("0" * 64,)))}
    return sample() | values | sample_links()


@email_template("endorsements/new_version", gettext_lazy("Declaration: please confirm the new text"), DECLARATION, cause=Cause.COLLEAGUE)
def _sample_new_version() -> dict[str, Any]:
    version = TextVersion(number=2, note=_("The third demand names a year."))
    links = {"renew_url": sample_link(RENEW), "manage_url": sample_link(MANAGE)}
    return sample() | {"version": version, "closes_at": timezone.now()} | links


def sample_links() -> dict[str, str]:
    """The links of an email about a delivery or a reply."""
    return {"manage_url": sample_link(MANAGE), "updates_url": sample_link(UPDATES)}
