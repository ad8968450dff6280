"""Admission: turn an accepted application into an organisation with membership, contacts and logo."""

from collections.abc import Collection
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
from members.organisations.matching import add_names_and_domains, match_organisation
from members.states import RESERVED_SLUGS

MAX_SUMMARY_LENGTH = 400
SAME_NAME = gettext_lazy("Another organisation has this name. Is it the same? Then choose it; else rename one of them.")


def matching_organisation(application: Application) -> Organisation | None:
    """Return the known organisation that matches the application by name or website."""
    return match_organisation(application.name, str(application.country or ""), application.website)


def admit(
    application: Application, organisation: Organisation | None, *, as_new: bool = False, summary: str | None = None, by: Any, now: datetime
) -> Organisation:
    """Make the applicant a member: as this `organisation`, else as the one that matches, else as a new one; with `as_new` always as a new
    one. Call it in the transaction that accepts the application.

    `summary` is what the public reads of it, as the secretariat worded it; without one, the start of the answer about its work. Raises
    NotPossible when the organisation is gone, or when another one has the name of the new one.
    """
    known = organisation or (None if as_new else matching_organisation(application))
    member = _lock(known) if known else new_organisation(application)
    _fill_blanks(member, application, summary=suggested_summary(application) if summary is None else summary)
    member.logo = member.logo or _logo(application)
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:  # another organisation with this name was created at the same moment
        raise NotPossible(SAME_NAME) from None
    _set_membership(member, application, site_date(now))
    _add_contacts(member, application, now=now)
    Application.objects.filter(pk=application.pk).update(organisation=member)
    application.organisation = member
    log(member, "members.admit", user=by, data={"application": application.pk, "category": application.category})
    content_changed()
    return member


def _lock(known: Organisation) -> Organisation:
    """Lock and reload an organisation. Raises NotPossible when it is gone."""
    member = Organisation.objects.select_for_update().filter(pk=known.pk).first()
    if member is None:
        raise NotPossible(_("“%(name)s” is not here any more; perhaps it was merged into another. Choose again.") % {"name": known.name})
    return member


def new_organisation(application: Application) -> Organisation:
    """Return an unsaved organisation for the application. Raises NotPossible when another one has its name."""
    if Organisation.objects.filter(name=application.name).exists():
        raise NotPossible(SAME_NAME)
    return Organisation(name=application.name, slug=free_slug(application.acronym or application.name))


def free_slug(name: str, *, also_taken: Collection[str] = ()) -> str:
    """Return a slug that no organisation has or had, and that is not among those `also_taken`."""
    base = slugify(name)[:70] or "member"
    taken = {
        *RESERVED_SLUGS,
        *also_taken,
        *Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True),
        *FormerAddress.objects.filter(slug__startswith=base).values_list("slug", flat=True),
    }
    return next(slug for slug in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if slug not in taken)


def suggested_summary(application: Application) -> str:
    """The start of the answer about its work, which the secretariat can edit."""
    return str(Truncator(application.work).chars(MAX_SUMMARY_LENGTH))


def _fill_blanks(member: Organisation, application: Application, *, summary: str) -> None:
    """Fill empty fields from the application, and add its goals, working groups, names and website to those there are."""
    values = {
        "acronym": application.acronym,
        "country": application.country,
        "countries_of_work": application.countries_of_work,
        "kind": application.kind,
        "founded": application.founded,
        "website": application.website,
        "summary": summary,
    }
    for field, value in values.items():
        if not getattr(member, field):
            setattr(member, field, value)
    for field in ("goals", "working_groups"):
        lines = dict.fromkeys([*getattr(member, field).splitlines(), *getattr(application, field).splitlines()])
        setattr(member, field, "\n".join(filter(None, lines)))
    add_names_and_domains(member, names=[application.name, *application.other_names.splitlines()], websites=[application.website])


def _logo(application: Application) -> Any:
    """Return a public image made from the private logo file; None without a logo."""
    file = application.logo()
    if file is None:
        return None
    with file.file.open("rb") as stored:
        content = ContentFile(stored.read(), name=f"logo{PurePosixPath(str(file.file.name)).suffix}")
    title = _("Logo of %(name)s") % {"name": application.name}
    return get_image_model().objects.create(title=title[:255], file=content, description=title[:255])


def _set_membership(member: Organisation, application: Application, today: Any) -> None:
    """Start a membership today. A current one of the same category is confirmed instead; one of the other category ends."""
    for current in Membership.objects.on(today).filter(organisation=member):
        if current.category == application.category:
            Membership.objects.filter(pk=current.pk).update(confirmed_on=today)
            return
        if current.since == today:  # it cannot end before it began, so the category was wrong
            Membership.objects.filter(pk=current.pk).update(category=application.category)
            return
        Membership.objects.filter(pk=current.pk).update(until=today - timedelta(days=1))
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
        # The applicant has opened a link that went to their address. Another one was only typed.
        confirmed_at = now if key == application.address_key else None
        new = Contact(organisation=member, added_at=now, confirmed_at=confirmed_at)
        contact = Contact.objects.filter(organisation=member, address_key=key).first() or new
        contact.confirmed_at = contact.confirmed_at or confirmed_at
        contact.name, contact.email, contact.position = name, email, position
        contact.phone = contact.phone or (application.representative_phone if role == "voting" else "")
        setattr(contact, role, True)
        contact.save()
