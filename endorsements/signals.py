"""A sign-on is made with its declaration, and follows what is published. Endorsements and invitations follow who an organisation is."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import Revision
from wagtail.signals import page_published

from endorsements.declarations.workflow import follow_published
from endorsements.moderation.merging import recognise, unite
from members.models import Organisation
from members.organisations.signals import merging

from .models import DeclarationPage, SignOn


@receiver(post_save, sender=DeclarationPage)
def make_sign_on(instance: DeclarationPage, created: bool, raw: bool = False, **_kwargs: object) -> None:
    if created and not raw:
        SignOn.objects.get_or_create(declaration=instance)


@receiver(page_published, sender=DeclarationPage)
def keep_names_under_their_words(instance: DeclarationPage, revision: Revision | None = None, **_kwargs: Any) -> None:
    with transaction.atomic():
        follow_published(instance, by=revision.user if revision else None, now=timezone.now())


@receiver(post_save, sender=Organisation)
def recognise_what_it_endorsed(instance: Organisation, raw: bool = False, **_kwargs: object) -> None:
    if not raw:
        recognise(instance)


@receiver(merging, sender=Organisation)
def unite_what_stands_once(former: Organisation, kept: Organisation, by: Any, **_kwargs: object) -> None:
    unite(former, kept, by=by, now=timezone.now())
