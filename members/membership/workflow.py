"""Self-service of members: profile changes and their review, contacts, and confirming the membership year."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.log_actions import log

from cms.uploads import clean_picture
from core.dates import site_date
from core.links import tokens
from core.mail.addresses import canonical_address
from core.transitions import NotPossible, transition
from core.web.page_cache import content_changed, content_purged
from members.models import Contact, Membership, Organisation, ProfileChange, Theme
from members.models.profile import PROFILE_FIELDS
from members.models.subjects import subject
from members.organisations import ending
from members.review.emails import CONFIRM_CONTACT, confirm_contact
from members.states import CHANGE_TRANSITIONS, ChangeState, ContactRole

from . import emails
from .contacts import ask_to_confirm
from .leaving import end_waiting, waiting_for

MAX_EMAILS_PER_HOUR = 3
MAX_CONTACTS = 12


def send_profile_links(email: str, *, now: datetime) -> int:
    """Send a link, valid for 15 minutes, for each organisation of which the address is a contact, at most 3 an hour each.

    A contact whose address is not confirmed gets the link to confirm it instead. Returns how many, of which the page that follows says
    nothing. Callers limit requests per network.
    """
    sent, since = 0, now - timedelta(hours=1)
    with transaction.atomic():
        for contact in _who_may_ask(email, now):
            purpose = emails.PROFILE if contact.confirmed_at else CONFIRM_CONTACT
            if tokens.count(purpose=purpose, subject=subject(contact), since=since) < MAX_EMAILS_PER_HOUR:
                sent += emails.profile(contact, now=now) if contact.confirmed_at else confirm_contact(contact)
    return sent


def _who_may_ask(email: str, now: datetime) -> QuerySet[Contact]:
    """The contacts with this address, without those of organisations whose membership is over."""
    found = Contact.objects.for_address(email).select_related("organisation")
    not_over = Membership.objects.filter(Q(until__isnull=True) | Q(until__gte=site_date(now)))
    over = Membership.objects.exclude(organisation__in=not_over.values("organisation"))
    return found.exclude(organisation__in=over.values("organisation"))


def end_membership(organisation: Organisation, *, last_day: date, ends_seats: bool, ends_links: bool, by: Any, now: datetime) -> bool:
    """End the memberships of an organisation, with that day as their last, and if wanted its seats and the links of its contacts.

    A vote of a seat that ends before the ballot does not count. False when nothing was left to end. Raises NotPossible for a day before a
    membership began.
    """
    with transaction.atomic():
        _lock(organisation.pk)
        lasting = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=last_day), organisation=organisation)
        if lasting.filter(since__gt=last_day).exists():
            raise NotPossible(_("The membership had not begun on that day. Choose a later day."))
        done = {
            "memberships": lasting.update(until=last_day),
            "seats": ending.end_seats(organisation, last_day=last_day) if ends_seats else 0,
            "links": ending.end_links(organisation) if ends_links else 0,
        }
        if not any(done.values()) and waiting_for(organisation) is None:
            return False
        log(organisation, "members.end_membership", user=by, data={**done, "last_day": last_day.isoformat()})
        end_waiting(organisation, last_day=last_day, by=by, now=now)
        content_purged()
        return True


def current_profile(organisation: Organisation) -> dict[str, Any]:
    """Return the public fields of an organisation as JSON values."""
    values = {name: getattr(organisation, name) for name in PROFILE_FIELDS if name not in ("themes", "country", "countries_of_work")}
    return values | {
        "country": str(organisation.country or ""),
        "countries_of_work": [country.code for country in organisation.countries_of_work],
        "themes": sorted(organisation.themes.values_list("slug", flat=True)),
    }


def propose_change(
    organisation: Organisation, *, contact: Contact | None, values: Mapping[str, Any], logo: File | None = None, now: datetime
) -> ProfileChange | None:
    """Propose public fields (as in `current_profile`) and a logo, for the secretariat to review.

    A second proposal is added to the pending one. Returns None when nothing differs from the public profile. Raises ValueError for another
    field, ValidationError for a logo that is no picture.
    """
    if set(values) - set(PROFILE_FIELDS):
        raise ValueError("not a field of the public profile")
    clean = clean_picture(logo) if logo else None
    with transaction.atomic():
        _lock(organisation.pk)  # one pending change
        current = current_profile(Organisation.objects.get(pk=organisation.pk))
        change = ProfileChange.objects.filter(organisation=organisation, state=ChangeState.PENDING).first()
        change = change or ProfileChange(organisation=organisation)
        after = {**change.after, **values}
        change.after = {name: value for name, value in after.items() if value != current[name]}
        change.before = {name: current[name] for name in change.after}
        if clean:
            change.drop_logo()
            change.logo.save(clean.name or "logo.png", clean, save=False)
        if not change.after and not change.logo:
            if change.pk:
                change.delete()
            return None
        change.contact, change.proposed_at = contact, now
        change.save()
        log(organisation, "members.propose_change", data={"fields": sorted(change.after)})
        return change


def _lock(organisation_id: int) -> None:
    Organisation.objects.filter(pk=organisation_id).update(slug=F("slug"))


def _lock_unchanged(change: ProfileChange) -> None:
    """Lock the organisation. Raises NotPossible if the member has added to the change since it was loaded."""
    _lock(change.organisation_id)
    if ProfileChange.objects.filter(pk=change.pk).exclude(proposed_at=change.proposed_at).exists():
        raise NotPossible(_("The member changed it while you were reading. Look at it again."))


def apply_change(change: ProfileChange, *, by: Any, now: datetime, fields: Iterable[str] | None = None) -> bool:
    """Publish a profile change, or only these `fields` of it ("logo" is one). False when it was applied before.

    Raises NotPossible for an invalid value (such as the name of another organisation) or if the member has added to the change since it was
    loaded, TransitionNotAllowed when it was refused.
    """
    wanted = set(change.after) | {"logo"} if fields is None else set(fields)
    with transaction.atomic():
        _lock_unchanged(change)
        changes = {"decided_at": now, "decided_by": by}
        data = {"fields": sorted(wanted & {*change.after, "logo"})}
        if not transition(
            change, to=ChangeState.APPLIED, transitions=CHANGE_TRANSITIONS, action="members.apply_change", by=by, changes=changes, data=data
        ):
            return False
        change.refresh_from_db()
        organisation = Organisation.objects.select_for_update().get(pk=change.organisation_id)
        _set_fields(organisation, {name: value for name, value in change.after.items() if name in wanted})
        if "logo" in wanted and change.logo:
            organisation.logo = _picture(change, organisation)
        _validate_and_save(organisation)
        log(organisation, "members.apply_change", user=by, data=data)
        _finish(change, now=now)
        content_changed()
        return True


def _set_fields(organisation: Organisation, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name == "themes":
            organisation.themes.set(Theme.objects.filter(slug__in=value))
        else:
            setattr(organisation, name, value)


def _validate_and_save(organisation: Organisation) -> None:
    try:
        organisation.full_clean()
    except ValidationError as error:
        raise NotPossible(" ".join(error.messages)) from None
    organisation.save()


def _picture(change: ProfileChange, organisation: Organisation) -> Any:
    with change.logo.open("rb") as stored:
        content = ContentFile(stored.read(), name=str(change.logo.name).rpartition("/")[2])
    title = _("Logo of %(name)s") % {"name": organisation.name}
    return get_image_model().objects.create(title=title[:255], file=content, description=title[:255])


def refuse_change(change: ProfileChange, *, reason: str, by: Any, now: datetime) -> bool:
    """Refuse a profile change and email the reason to its author. False when it was refused before. Raises like `apply_change`."""
    with transaction.atomic():
        _lock_unchanged(change)
        changes = {"decided_at": now, "decided_by": by, "reason": reason}
        if not transition(
            change, to=ChangeState.REFUSED, transitions=CHANGE_TRANSITIONS, action="members.refuse_change", by=by, changes=changes
        ):
            return False
        _finish(change, now=now)
        return True


def _finish(change: ProfileChange, *, now: datetime) -> None:
    """Delete the private logo file and email the decision to the author."""
    change.drop_logo()
    change.save(update_fields=["logo"])
    if change.contact:
        emails.profile_answer(change, change.contact, now=now)


@dataclass(frozen=True)
class ContactDetails:
    """The cleaned details of a contact. `roles` are values of `ContactRole`."""

    name: str
    email: str
    position: str = ""
    phone: str = ""
    roles: frozenset[str] = frozenset()


def change_contacts(organisation: Organisation, *, people: Iterable[ContactDetails], now: datetime) -> bool:
    """Replace the contacts of an organisation, matched by email address. False when nothing changed.

    Another address under the same name is used once it is confirmed; until then the former is. Who is added or removed is told.
    Raises NotPossible for no contacts, two with one address, none who is voting representative, or more than 12.
    """
    people = list(people)
    wanted = {canonical_address(person.email): person for person in people}
    if not wanted:
        raise NotPossible(_("At least one contact must stay."))
    if len(wanted) != len(people):
        raise NotPossible(_("Two contacts have the same e-mail address."))
    if len(wanted) > MAX_CONTACTS:
        raise NotPossible(_("Twelve contacts are enough."))
    if not any(ContactRole.VOTING in person.roles for person in people):
        raise NotPossible(_("Somebody must be the voting representative."))
    with transaction.atomic():
        _lock(organisation.pk)  # changes at the same moment apply one after the other
        existing = {contact.address_key: contact for contact in Contact.objects.filter(organisation=organisation)}
        removed = [contact for key, contact in existing.items() if key not in wanted]
        for key, person in wanted.items():
            same = [contact for contact in removed if contact.is_called(person.name)] if key not in existing else []
            if same:  # with another address
                existing[key] = same[0]
                removed.remove(same[0])
        for contact in removed:
            emails.contact_removed(contact, now=now)
            contact.delete()
        changed = [
            _save_contact(organisation, existing.get(key), person, position, now) for position, (key, person) in enumerate(wanted.items())
        ]
        if not removed and not any(changed):
            return False
        log(organisation, "members.change_contacts", data={"contacts": len(wanted)})
        return True


def _save_contact(organisation: Organisation, contact: Contact | None, person: ContactDetails, position: int, now: datetime) -> bool:
    """Save a new or changed contact. False when nothing changed."""
    is_new = contact is None
    contact = contact or Contact(organisation=organisation, added_at=now)
    values: dict[str, Any] = {"name": person.name, "email": person.email, "position": person.position, "phone": person.phone}
    values |= {role: role in person.roles for role in ContactRole.values} | {"sort_order": position}
    is_asked = not is_new and contact.address_key != canonical_address(person.email)
    if is_asked:
        ask_to_confirm(contact, values.pop("email"), now=now)
    if contact.pk and all(getattr(contact, name) == value for name, value in values.items()):
        return is_asked
    for name, value in values.items():
        setattr(contact, name, value)
    contact.save()
    if is_new:
        emails.contact_named(contact, now=now)
    return True


def confirm_year(organisation: Organisation, *, contact: Contact | None = None, now: datetime) -> bool:
    """Confirm the current memberships of an organisation, dormant ones too, for another year. False when there is nothing to confirm."""
    today = site_date(now)
    with transaction.atomic():
        current = Membership.objects.on(today).filter(organisation=organisation)
        if not current.exclude(confirmed_on=today).update(confirmed_on=today, next_request_on=None):
            return False
        log(organisation, "members.confirm_year", data={"contact": contact.pk} if contact else None)
        content_changed()
        return True
