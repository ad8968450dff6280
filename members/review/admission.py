"""From an accepted application to a member: its organisation, membership, contacts and logo."""

from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.text import Truncator, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.images import get_image_model
from wagtail.log_actions import log

from core.dates import site_date
from core.mail.addresses import canonical_address
from core.transitions import NotPossible
from core.web.page_cache import content_changed
from members.models import Application, Contact, FormerAddress, Membership, Organisation
from members.organisations.matching import add_names_and_domains, known_organisation
from members.states import TAKEN_ADDRESSES

LONGEST_SUMMARY = 400
SAME_NAME = gettext_lazy("Another organisation has this name. Is it the same? Then choose it; else rename one of them.")


def match(application: Application) -> Organisation | None:
    """The organisation of the coalition that the applicant is, as far as name and website tell."""
    return known_organisation(application.name, str(application.country or ""), application.website)


def admit(application: Application, organisation: Organisation | None, *, as_new: bool = False, by: Any, now: datetime) -> Organisation:
    """Make it a member: this `organisation`, else the one it is recognised as, else a new one; with `as_new` a new one whatever it is
    recognised as. Call it in the transaction that accepts.

    Raises NotPossible when the organisation is not there any more, or when another one has the name of the new one.
    """
    known = organisation or (None if as_new else match(application))
    member = _locked(known) if known else new_entry(application)
    _fill(member, application)
    member.logo = member.logo or _logo(application)
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:  # somebody made one of this name at this very moment
        raise NotPossible(SAME_NAME) from None
    _belong(member, application, site_date(now))
    _add_contacts(member, application, now=now)
    Application.objects.filter(pk=application.pk).update(organisation=member)
    application.organisation = member
    log(member, "members.admit", user=by, data={"application": application.pk, "category": application.category})
    content_changed()
    return member


def _locked(known: Organisation) -> Organisation:
    """As it stands now, whatever was written there since it was read."""
    member = Organisation.objects.select_for_update().filter(pk=known.pk).first()
    if member is None:
        raise NotPossible(_("“%(name)s” is not here any more; perhaps it was merged into another. Choose again.") % {"name": known.name})
    return member


def new_entry(application: Application) -> Organisation:
    """The organisation it would become, not stored. Raises NotPossible when another one has its name."""
    if Organisation.objects.filter(name=application.name).exists():
        raise NotPossible(SAME_NAME)
    return Organisation(name=application.name, slug=free_slug(application.acronym or application.name))


def free_slug(name: str) -> str:
    """An address that no organisation has or had."""
    base = slugify(name)[:70] or "member"
    taken = {
        *TAKEN_ADDRESSES,
        *Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True),
        *FormerAddress.objects.filter(slug__startswith=base).values_list("slug", flat=True),
    }
    return next(slug for slug in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if slug not in taken)


def _fill(member: Organisation, application: Application) -> None:
    """Fill what is empty; what the secretariat wrote stays. A name it does not know yet becomes another name of it."""
    values = {
        "acronym": application.acronym,
        "country": application.country,
        "countries_of_work": application.countries_of_work,
        "kind": application.kind,
        "founded": application.founded,
        "website": application.website,
        "summary": Truncator(application.work).chars(LONGEST_SUMMARY),
    }
    for field, value in values.items():
        if not getattr(member, field):
            setattr(member, field, value)
    add_names_and_domains(member, names=[application.name, *application.other_names.splitlines()], websites=[application.website])


def _logo(application: Application) -> Any:
    """A public picture of the private file, or None."""
    file = application.logo()
    if file is None:
        return None
    with file.file.open("rb") as stored:
        content = ContentFile(stored.read(), name=f"logo{PurePosixPath(str(file.file.name)).suffix}")
    title = _("Logo of %(name)s") % {"name": application.name}
    return get_image_model().objects.create(title=title[:255], file=content, description=title[:255])


def _belong(member: Organisation, application: Application, today: Any) -> None:
    """A membership from today; one of the same category that lasts is confirmed, one of the other ends."""
    for lasting in Membership.objects.on(today).filter(organisation=member):
        if lasting.category == application.category:
            Membership.objects.filter(pk=lasting.pk).update(confirmed_on=today)
            return
        if lasting.since == today:  # what began today cannot have ended yesterday: it was recorded wrongly
            Membership.objects.filter(pk=lasting.pk).update(category=application.category)
            return
        Membership.objects.filter(pk=lasting.pk).update(until=today - timedelta(days=1))
    Membership.objects.create(organisation=member, category=application.category, since=today, recorded_on=today)


def _add_contacts(member: Organisation, application: Application, *, now: datetime) -> None:
    people = (
        (application.representative_email, application.representative_name, application.representative_position, "voting"),
        (application.second_email, application.second_name, application.second_position, "alternate"),
    )
    for email, name, position, role in people:
        if not email:
            continue
        key = canonical_address(email)
        contact = Contact.objects.filter(organisation=member, address_key=key).first() or Contact(organisation=member, added_at=now)
        contact.name, contact.email, contact.position = name, email, position
        contact.phone = contact.phone or (application.representative_phone if role == "voting" else "")
        setattr(contact, role, True)
        contact.save()
