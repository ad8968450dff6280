"""The contacts of an organisation: the secretariat's changes, and another email address, of which both addresses are told.

An address that somebody entered by an emailed link is used once it is confirmed. One that the secretariat entered is used at once.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from core.mail.addresses import canonical_address
from core.transitions import NotPossible
from core.web.throttle import hit
from members.models import AddressChange, Contact, Organisation
from members.review.emails import confirm_contact as confirm_email

from . import emails

MAX_CHANGES_PER_DAY = 10
TWICE = gettext_lazy("Another contact of this organisation has this email address.")


def lock(organisation_id: int) -> None:
    Organisation.objects.filter(pk=organisation_id).update(slug=F("slug"))


def save_contact(contact: Contact, *, by: Any, now: datetime) -> Contact:
    """Save a contact that the secretariat added or edited, and tell the addresses concerned.

    Raises NotPossible if another contact of the organisation has its address.
    """
    with transaction.atomic():
        lock(contact.organisation_id)
        former = Contact.objects.filter(pk=contact.pk).first() if contact.pk else None
        try:
            with transaction.atomic():
                contact.save()
        except IntegrityError:
            raise NotPossible(str(TWICE)) from None
        if former is None or former.address_key != contact.address_key:
            _tell(contact, former, by=by, now=now)
        log(contact.organisation, "members.change_contacts", user=by, data={"contact": contact.pk})
        return contact


def _tell(contact: Contact, former: Contact | None, *, by: Any, now: datetime) -> None:
    if former is not None and former.is_called(contact.name):
        change = AddressChange.objects.create(contact=contact, former=former.email, email=contact.email, asked_at=now, confirmed_at=now)
        emails.address_changed(change, now=now)
    elif former is not None:
        emails.contact_removed(former, now=now)
    if contact.confirmed_at:
        emails.contact_named(contact, by=by, now=now)
    else:
        confirm_email(contact)


def remove_contact(contact: Contact, *, by: Any, now: datetime) -> None:
    """Remove a contact and tell them."""
    with transaction.atomic():
        emails.contact_removed(contact, now=now)
        log(contact.organisation, "members.change_contacts", user=by, data={"removed": contact.pk})
        contact.delete()


def confirm_contact(contact: Contact, *, now: datetime) -> bool:
    """Let a contact act whose address an applicant typed, as its owner confirmed. False if it is confirmed already."""
    with transaction.atomic():
        if not Contact.objects.filter(pk=contact.pk, confirmed_at__isnull=True).update(confirmed_at=now):
            return False
        log(contact.organisation, "members.confirm_contact", data={"contact": contact.pk})
        return True


def ask_to_confirm(contact: Contact, email: str, *, now: datetime) -> AddressChange:
    """Ask a new address of a contact to confirm, and tell the former. Until then the former is used.

    Raises NotPossible for more than ten changes of an organisation a day.
    """
    with transaction.atomic():
        pending = AddressChange.objects.filter(contact=contact, confirmed_at__isnull=True).first()
        if pending is not None and canonical_address(pending.email) == canonical_address(email):
            return pending
        if hit("members.address_change", str(contact.organisation_id), limit=MAX_CHANGES_PER_DAY, window=timedelta(days=1)):
            raise NotPossible(_("Too many addresses were changed today. Try again tomorrow, or write to us."))
        if pending is not None:
            pending.delete()
        change = AddressChange.objects.create(contact=contact, former=contact.email, email=email, asked_at=now)
        emails.address_confirm(change, now=now)
        emails.address_changed(change, now=now)
        return change


def confirm_address(change: AddressChange, *, now: datetime) -> bool:
    """Use the new address, as its owner confirmed. False if it is in use already. Raises NotPossible if another contact has it."""
    with transaction.atomic():
        lock(change.contact.organisation_id)
        if not AddressChange.objects.filter(pk=change.pk, confirmed_at__isnull=True).update(confirmed_at=now):
            return False
        change.contact.confirmed_at = now
        _set_address(change.contact, change.email)
        return True


def stop_change(change: AddressChange, *, now: datetime) -> None:
    """Keep the former address, or use it again, as its owner wished. Raises NotPossible if another contact has it."""
    with transaction.atomic():
        lock(change.contact.organisation_id)
        change = AddressChange.objects.select_related("contact__organisation").get(pk=change.pk)
        contact, former = change.contact, change.former
        change.delete()
        if canonical_address(contact.email) != canonical_address(former):
            _set_address(contact, former)


def _set_address(contact: Contact, email: str) -> None:
    contact.email = email
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError:
        raise NotPossible(str(TWICE)) from None
    log(contact.organisation, "members.change_contacts", data={"contact": contact.pk})
