"""Merging duplicate organisations, and deleting organisations that nothing refers to."""

from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from core import relations
from core.dates import site_today
from core.mail.addresses import canonical_address
from core.transitions import NotPossible
from core.web.page_cache import content_changed
from members.models import Contact, FormerAddress, Organisation, OrganisationKey, ProfileChange
from members.states import ChangeState, ContactRole

from .ending import end_links, end_seats
from .matching import add_names_and_domains
from .signals import merging

_FIELDS_TO_FILL = ("acronym", "country", "countries_of_work", "kind", "founded", "website", "summary", "logo")


def related_counts(organisation: Organisation) -> dict[str, int]:
    """Return how many rows of each model refer to an organisation, by the plural name of the model."""
    counts = {
        str(relation.related_model._meta.verbose_name_plural): rows.count()
        for relation, rows in relations.related_rows(organisation)
        if relation.related_model not in (FormerAddress, OrganisationKey) and not relation.related_model._meta.auto_created
    }
    return {name: number for name, number in counts.items() if number}


def merge(duplicate: Organisation, *, into: Organisation, by: Any, ends_seats: bool = False, ends_links: bool = False) -> bool:
    """Merge `duplicate` into another organisation: move related rows, names, domains and audit log, and fill empty fields.

    With `ends_seats` its seats end yesterday, so that they do not vote beside those of the other; with `ends_links` the links end that its
    contacts were sent. Links to the duplicate's page redirect. False when it is already gone. Raises ValueError for the same organisation
    twice, NotPossible when both have a row of which only one may exist.
    """
    if duplicate.pk == into.pk:
        raise ValueError("an organisation cannot be merged into itself")
    with transaction.atomic():
        # Locks both, always in the same order.
        rows = Organisation.objects.filter(pk__in=(duplicate.pk, into.pk)).order_by("pk").select_for_update()
        found = {row.pk: row for row in rows}
        if duplicate.pk not in found or into.pk not in found:
            return False
        former, kept = found[duplicate.pk], found[into.pk]
        if ends_seats:
            end_seats(former, last_day=site_today() - timedelta(days=1))
        if ends_links:
            end_links(former)
        _merge_contacts(former, kept)
        _drop_pending_changes(former, kept)
        merging.send(Organisation, former=former, kept=kept, by=by)
        former.keys.all().delete()
        moved = _move_all(former, kept)
        _keep_audit(former, kept)
        FormerAddress.objects.create(slug=former.slug, organisation=kept)
        data = {"merged": former.pk, "name": former.name, "address": former.slug, "website": former.website, "moved": moved}
        former.delete()
        _fill_gaps(former, kept)
        log(kept, "members.merge", user=by, data=data)
        content_changed()
    into.refresh_from_db()
    return True


def _move_all(former: Organisation, kept: Organisation) -> dict[str, int]:
    moved = {}
    for relation, rows in relations.related_rows(former):
        for row in rows:
            try:
                with transaction.atomic():
                    relation.related_model._base_manager.filter(pk=row.pk).update(**{relation.field.name: kept.pk})
            except IntegrityError:
                if relation.related_model._meta.auto_created:  # both have the same theme
                    row.delete()
                    continue
                what = relation.related_model._meta.verbose_name
                raise NotPossible(_("Both have the same (%(what)s). Settle that first.") % {"what": what}) from None
            moved[relation.related_model._meta.label_lower] = moved.get(relation.related_model._meta.label_lower, 0) + 1
    return moved


def _merge_contacts(former: Organisation, kept: Organisation) -> None:
    """Combine contacts with the same email address, with their roles, answers and proposals."""
    for contact in Contact.objects.filter(organisation=former):
        same = Contact.objects.filter(organisation=kept, address_key=canonical_address(contact.email)).first()
        if same is None:
            continue
        for role in ContactRole.values:
            setattr(same, role, getattr(same, role) or getattr(contact, role))
        same.save()
        contact.hand_over(same)
        contact.delete()


def _drop_pending_changes(former: Organisation, kept: Organisation) -> None:
    """Delete the pending change of the duplicate, whose profile no longer exists."""
    for change in ProfileChange.objects.filter(organisation=former, state=ChangeState.PENDING):
        change.drop_logo()
        change.delete()


def _keep_audit(former: Organisation, kept: Organisation) -> None:
    """Move the audit log of the duplicate to the organisation that is kept."""
    kind = ContentType.objects.get_for_model(Organisation, for_concrete_model=False)
    ModelLogEntry.objects.filter(content_type=kind, object_id=str(former.pk)).update(object_id=str(kept.pk))


def _fill_gaps(former: Organisation, kept: Organisation) -> None:
    for field in _FIELDS_TO_FILL:
        if not getattr(kept, field):
            setattr(kept, field, getattr(former, field))
    add_names_and_domains(kept, names=[former.name, former.acronym, *former.other_names], websites=[former.website, *former.domains])
    kept.save()


def delete(organisation: Organisation, *, by: Any) -> None:
    """Delete an organisation made by mistake. Raises NotPossible, with the reason, while anything refers to it."""
    with transaction.atomic():
        if reason := why_not_deleted(organisation):
            raise NotPossible(reason)
        log(organisation, "wagtail.delete", user=by, deleted=True)
        organisation.delete()
        content_changed()


def why_not_deleted(organisation: Organisation) -> str:
    """Return why an organisation cannot be deleted; '' when nothing refers to it."""
    what = ", ".join(f"{name}: {number}" for name, number in related_counts(organisation).items())
    if not what:
        return ""
    return _("“%(name)s” cannot be deleted, because there is something of it (%(what)s). Merge it into another, or end its membership.") % {
        "name": organisation.name,
        "what": what,
    }
