"""What a member does by a link in a mail: its profile, its contacts, its year. And what the secretariat does with a proposed profile."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.log_actions import log

from cms.uploads import clean_picture
from core.dates import site_date
from core.links import tokens
from core.mail.addresses import canonical_address
from core.transitions import NotPossible, transition
from core.web.page_cache import content_changed
from members.models import Contact, Membership, Organisation, ProfileChange, Theme
from members.models.profile import PROFILE_FIELDS
from members.models.subjects import subject
from members.states import CHANGE_TRANSITIONS, ChangeState, ContactRole

from . import emails

MOST_MAILS_AN_HOUR = 3
MOST_CONTACTS = 12


def ask_for_link(email: str, *, now: datetime) -> None:
    """Write to the address, a link of 15 minutes for each organisation it is a contact of. It returns nothing: the page that follows
    says the same to everybody. At most 3 an hour; count asks with `core.web.throttle` before, per network."""
    with transaction.atomic():
        for contact in Contact.objects.of_address(email).select_related("organisation"):
            since = now - timedelta(hours=1)
            if tokens.count(purpose=emails.PROFILE, subject=subject(contact), since=since) < MOST_MAILS_AN_HOUR:
                emails.profile(contact, now=now)


def profile_of(organisation: Organisation) -> dict[str, Any]:
    """The public fields as JSON holds them."""
    values = {name: getattr(organisation, name) for name in PROFILE_FIELDS if name not in ("themes", "country", "countries_of_work")}
    return values | {
        "country": str(organisation.country or ""),
        "countries_of_work": [country.code for country in organisation.countries_of_work],
        "themes": sorted(organisation.themes.values_list("slug", flat=True)),
    }


def propose_change(
    organisation: Organisation, *, contact: Contact | None, values: Mapping[str, Any], logo: File | None = None, now: datetime
) -> ProfileChange | None:
    """Propose public fields (as `profile_of` has them) and a logo. The secretariat looks; until then the public sees no difference.

    What is proposed while something is pending is added to it; the same again changes nothing. None when nothing differs. Raises
    ValueError for another field, ValidationError for a logo that is no picture.
    """
    if set(values) - set(PROFILE_FIELDS):
        raise ValueError("not a field of the public profile")
    clean = clean_picture(logo) if logo else None
    with transaction.atomic():
        _lock(organisation.pk)  # one pending change
        now_stands = profile_of(Organisation.objects.get(pk=organisation.pk))
        change = ProfileChange.objects.filter(organisation=organisation, state=ChangeState.PENDING).first()
        change = change or ProfileChange(organisation=organisation)
        after = {**change.after, **values}
        change.after = {name: value for name, value in after.items() if value != now_stands[name]}
        change.before = {name: now_stands[name] for name in change.after}
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


def _lock(organisation: int) -> None:
    Organisation.objects.filter(pk=organisation).update(slug=F("slug"))


def _as_read(change: ProfileChange) -> None:
    """Lock it. Raises NotPossible when the member has added to it since `change` was read."""
    _lock(change.organisation_id)
    if ProfileChange.objects.filter(pk=change.pk).exclude(proposed_at=change.proposed_at).exists():
        raise NotPossible(_("The member changed it while you were reading. Look at it again."))


def apply_change(change: ProfileChange, *, by: Any, now: datetime, fields: Iterable[str] | None = None) -> bool:
    """Make it public, all of it or only these `fields` ("logo" among them). False when it was applied before.

    Raises NotPossible when a value cannot stand there (another organisation has the name) or the member has added to it since,
    TransitionNotAllowed when it was refused.
    """
    wanted = set(change.after) | {"logo"} if fields is None else set(fields)
    with transaction.atomic():
        _as_read(change)
        changes = {"decided_at": now, "decided_by": by}
        data = {"fields": sorted(wanted & {*change.after, "logo"})}
        if not transition(
            change, to=ChangeState.APPLIED, transitions=CHANGE_TRANSITIONS, action="members.apply_change", by=by, changes=changes, data=data
        ):
            return False
        change.refresh_from_db()
        organisation = Organisation.objects.select_for_update().get(pk=change.organisation_id)
        _set(organisation, {name: value for name, value in change.after.items() if name in wanted})
        if "logo" in wanted and change.logo:
            organisation.logo = _picture(change, organisation)
        _save_whole(organisation)
        log(organisation, "members.apply_change", user=by, data=data)
        _finish(change, now=now)
        content_changed()
        return True


def _set(organisation: Organisation, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name == "themes":
            organisation.themes.set(Theme.objects.filter(slug__in=value))
        else:
            setattr(organisation, name, value)


def _save_whole(organisation: Organisation) -> None:
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
    """Leave the profile as it is, and tell why whoever proposed it. False when it was refused before. Raises as `apply_change` does."""
    with transaction.atomic():
        _as_read(change)
        changes = {"decided_at": now, "decided_by": by, "reason": reason}
        if not transition(
            change, to=ChangeState.REFUSED, transitions=CHANGE_TRANSITIONS, action="members.refuse_change", by=by, changes=changes
        ):
            return False
        _finish(change, now=now)
        return True


def _finish(change: ProfileChange, *, now: datetime) -> None:
    """The private file has done its part; whoever proposed it hears what came of it."""
    change.drop_logo()
    change.save(update_fields=["logo"])
    if change.contact:
        emails.profile_answer(change, change.contact, now=now)


@dataclass(frozen=True)
class Person:
    """A contact as typed, cleaned by a form. `roles` are of `ContactRole`."""

    name: str
    email: str
    position: str = ""
    phone: str = ""
    roles: frozenset[str] = frozenset()


def change_contacts(organisation: Organisation, *, people: Iterable[Person], now: datetime) -> bool:
    """Make these its contacts, known by their addresses. At once, without review: they are not public. False when nothing changed.

    Raises NotPossible without anybody, with two of one address, without a voting representative, or with more than 12.
    """
    people = list(people)
    wanted = {canonical_address(person.email): person for person in people}
    if not wanted:
        raise NotPossible(_("At least one contact must stay."))
    if len(wanted) != len(people):
        raise NotPossible(_("Two contacts have the same e-mail address."))
    if len(wanted) > MOST_CONTACTS:
        raise NotPossible(_("Twelve contacts are enough."))
    if not any(ContactRole.VOTING in person.roles for person in people):
        raise NotPossible(_("Somebody must be the voting representative."))
    with transaction.atomic():
        _lock(organisation.pk)  # contacts change one after the other
        known = {contact.address_key: contact for contact in Contact.objects.filter(organisation=organisation)}
        gone = [contact for key, contact in known.items() if key not in wanted]
        for key, person in wanted.items():
            same = [contact for contact in gone if contact.is_called(person.name)] if key not in known else []
            if same:  # with another address: `Contact.save`
                known[key] = same[0]
                gone.remove(same[0])
        for contact in gone:
            contact.delete()
        changed = [_keep(organisation, known.get(key), person, place, now) for place, (key, person) in enumerate(wanted.items())]
        if not gone and not any(changed):
            return False
        log(organisation, "members.change_contacts", data={"contacts": len(wanted)})
        return True


def _keep(organisation: Organisation, contact: Contact | None, person: Person, place: int, now: datetime) -> bool:
    """False when the contact is like that already."""
    contact = contact or Contact(organisation=organisation, added_at=now)
    values: dict[str, Any] = {"name": person.name, "email": person.email, "position": person.position, "phone": person.phone}
    values |= {role: role in person.roles for role in ContactRole.values} | {"sort_order": place}
    if contact.pk and all(getattr(contact, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(contact, name, value)
    contact.save()
    return True


def confirm_year(organisation: Organisation, *, contact: Contact | None = None, now: datetime) -> bool:
    """ "It is still right": the year of each of its memberships of today begins anew, of a dormant one too.

    False when that was said today already, or nothing lasts.
    """
    today = site_date(now)
    with transaction.atomic():
        lasting = Membership.objects.on(today).filter(organisation=organisation)
        if not lasting.exclude(confirmed_on=today).update(confirmed_on=today):
            return False
        log(organisation, "members.confirm_year", data={"contact": contact.pk} if contact else None)
        content_changed()
        return True
