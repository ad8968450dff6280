"""Indexes posts again when the name of an author or organisation changes, because they are searched by it."""

from django.db.models import Q
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from wagtail.search.index import insert_or_update_object

from members.models import Organisation

from .models import Author, PostPage

NAMES = {Author: ("name", "organisation_id", "organisation_name"), Organisation: ("name",)}


@receiver(pre_save, sender=Author)
@receiver(pre_save, sender=Organisation)
def remember_names(sender: type[Author | Organisation], instance: Author | Organisation, **_kwargs: object) -> None:
    instance._names_before = sender._default_manager.filter(pk=instance.pk).values_list(*NAMES[sender]).first()


@receiver(post_save, sender=Author)
@receiver(post_save, sender=Organisation)
def index_posts_again(sender: type[Author | Organisation], instance: Author | Organisation, raw: bool = False, **_kwargs: object) -> None:
    before = instance._names_before
    if raw or before is None or before == tuple(getattr(instance, name) for name in NAMES[sender]):
        return
    of_author = Q(authors__author=instance)
    of_organisation = Q(authors__author__organisation=instance) | Q(spotlightpage__organisation=instance)
    for post in PostPage.objects.filter(of_author if sender is Author else of_organisation).distinct().specific():
        insert_or_update_object(post)
