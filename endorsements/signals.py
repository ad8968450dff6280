"""Create a sign-on with its declaration, follow what is published, and link endorsements to organisations as they become known."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import Revision
from wagtail.signals import page_published

from endorsements.declarations.workflow import follow_published
from endorsements.moderation.merging import link_endorsements, merge_organisations
from members.models import Organisation
from members.organisations.signals import merging, recorded

from .models import DeclarationPage, Endorsement, SignOn
from .models.endorsement import begin_edition


@receiver(post_save, sender=DeclarationPage)
def create_sign_on(instance: DeclarationPage, created: bool, raw: bool = False, **_kwargs: object) -> None:
    if created and not raw:
        SignOn.objects.get_or_create(declaration=instance)


@receiver(page_published, sender=DeclarationPage)
def after_publishing(instance: DeclarationPage, revision: Revision | None = None, **_kwargs: Any) -> None:
    with transaction.atomic():
        follow_published(instance, by=revision.user if revision else None, now=timezone.now())


@receiver(post_delete, sender=Endorsement)
def after_deleting_endorsement(instance: Endorsement, **_kwargs: object) -> None:
    """One by one or many at once: what was in the list leaves the pages and files made of it."""
    if instance.is_in_public_list:
        begin_edition([instance.declaration_id])


@receiver(post_save, sender=Organisation)
def after_saving_organisation(instance: Organisation, raw: bool = False, **_kwargs: object) -> None:
    if not raw:
        link_endorsements(instance)


@receiver(recorded, sender=Organisation)
def after_recording_organisations(organisations: list[Organisation], **_kwargs: object) -> None:
    for organisation in organisations:
        link_endorsements(organisation)


@receiver(merging, sender=Organisation)
def while_merging_organisations(former: Organisation, kept: Organisation, by: Any, **_kwargs: object) -> None:
    merge_organisations(former, kept, by=by, now=timezone.now())
