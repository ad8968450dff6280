"""Organisations that are one and the same: merging moves everything that points to the duplicate. And deleting, when nothing does."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from core import relations
from core.mail.addresses import canonical_address
from core.transitions import NotPossible
from core.web.page_cache import content_changed
from members.models import Contact, FormerAddress, Organisation, ProfileChange
from members.states import ChangeState, ContactRole

from .matching import add_names_and_domains
from .signals import merging

_FILLED = ("acronym", "country", "countries_of_work", "kind", "founded", "website", "summary", "logo")


def pointing_to(organisation: Organisation) -> dict[str, int]:
    """What there is of it, by its plural name: the rows of every room's models that point to it, whichever they are."""
    counts = {
        str(relation.related_model._meta.verbose_name_plural): rows.count()
        for relation, rows in relations.related_rows(organisation)
        if relation.related_model is not FormerAddress and not relation.related_model._meta.auto_created
    }
    return {name: number for name, number in counts.items() if number}


def merge(duplicate: Organisation, *, into: Organisation, by: Any) -> bool:
    """Keep `into`: all that points to `duplicate` moves there, with its names, domains, what is empty in `into`, and its audit log.

    Links to the duplicate's address still arrive. False when the duplicate is gone: it was done before. Raises ValueError for one and
    the same, NotPossible when something of the two cannot stand side by side.
    """
    if duplicate.pk == into.pk:
        raise ValueError("an organisation cannot be merged into itself")
    with transaction.atomic():
        # Locks both, in one order.
        rows = Organisation.objects.filter(pk__in=(duplicate.pk, into.pk)).order_by("pk").select_for_update()
        found = {row.pk: row for row in rows}
        if duplicate.pk not in found or into.pk not in found:
            return False
        former, kept = found[duplicate.pk], found[into.pk]
        _merge_contacts(former, kept)
        _settle_profile_changes(former, kept)
        merging.send(Organisation, former=former, kept=kept, by=by)
        moved = _move_all(former, kept)
        _keep_audit(former, kept)
        FormerAddress.objects.create(slug=former.slug, organisation=kept)
        told = {"merged": former.pk, "name": former.name, "address": former.slug, "website": former.website, "moved": moved}
        former.delete()
        _fill_gaps(former, kept)
        log(kept, "members.merge", user=by, data=told)
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
    """A person in both is one, with the roles of both, and with what they answered and proposed."""
    for contact in Contact.objects.filter(organisation=former):
        same = Contact.objects.filter(organisation=kept, address_key=canonical_address(contact.email)).first()
        if same is None:
            continue
        for role in ContactRole.values:
            setattr(same, role, getattr(same, role) or getattr(contact, role))
        same.save()
        contact.hand_over(same)
        contact.delete()


def _settle_profile_changes(former: Organisation, kept: Organisation) -> None:
    """One may be pending: the duplicate's was about a profile that is no more."""
    for change in ProfileChange.objects.filter(organisation=former, state=ChangeState.PENDING):
        change.drop_logo()
        change.delete()


def _keep_audit(former: Organisation, kept: Organisation) -> None:
    """The duplicate's log becomes the log of the one that is kept."""
    kind = ContentType.objects.get_for_model(Organisation, for_concrete_model=False)
    ModelLogEntry.objects.filter(content_type=kind, object_id=str(former.pk)).update(object_id=str(kept.pk))


def _fill_gaps(former: Organisation, kept: Organisation) -> None:
    for field in _FILLED:
        if not getattr(kept, field):
            setattr(kept, field, getattr(former, field))
    add_names_and_domains(kept, names=[former.name, former.acronym, *former.other_names], websites=[former.website, *former.domains])
    kept.save()


def delete(organisation: Organisation, *, by: Any) -> None:
    """Delete what was made by mistake. Raises NotPossible, saying what, while anything points to it: merge it, or end its membership."""
    with transaction.atomic():
        if reason := why_not_deleted(organisation):
            raise NotPossible(reason)
        log(organisation, "wagtail.delete", user=by, deleted=True)
        organisation.delete()
        content_changed()


def why_not_deleted(organisation: Organisation) -> str:
    """A sentence; '' for one that nothing points to."""
    what = ", ".join(f"{name}: {number}" for name, number in pointing_to(organisation).items())
    if not what:
        return ""
    return _("“%(name)s” cannot be deleted, because there is something of it (%(what)s). Merge it into another, or end its membership.") % {
        "name": organisation.name,
        "what": what,
    }
