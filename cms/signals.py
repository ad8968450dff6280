"""Which changes make cached public pages stale, and what is made ready when a page is published."""

from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Collection, Page, PageViewRestriction, Site
from wagtail.search.index import insert_or_update_object
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from core.web.page_cache import content_changed

from .renditions import make_renditions, pictures_of
from .shared_picture import prepare

# Whatever is stored under these labels shows somewhere on a public page. Endorsements do too, but come by the thousand: pages that
# count them are fresh within a minute, and `endorsements.workflow` says when more than a count has changed.
PUBLIC_APPS = ("cms", "news", "pages", "wagtailredirects")
# Of the members only these: an application, a contact or a vote is nobody's to read, and strangers may write many.
PUBLIC_ROWS = {
    f"members.{name}" for name in ("organisation", "organisation_themes", "theme", "membership", "seat", "formeraddress", "knownsize")
}


def _is_public_content(model: type) -> bool:
    if model in (Site, PageViewRestriction, Collection):
        return True
    if not hasattr(model, "_meta") or issubclass(model, Page):
        return False  # pages change by publishing; a saved draft is nobody's news
    meta = model._meta
    return (meta.app_label in PUBLIC_APPS and meta.model_name != "siterendition") or meta.label_lower in PUBLIC_ROWS


@receiver([post_save, post_delete, m2m_changed])
def public_row_changed(sender: type, raw: bool = False, update_fields: Any = None, **_kwargs: Any) -> None:
    """Of pages only deleting and a save of every field count: Wagtail stores a draft by saving a few."""
    is_page = isinstance(sender, type) and issubclass(sender, Page)
    if not raw and apps.ready and (update_fields is None if is_page else _is_public_content(sender)):
        content_changed()


for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
    signal.connect(content_changed, dispatch_uid=f"content_changed_{id(signal)}")


@receiver(page_published)
def make_ready(instance: Page, **_kwargs: Any) -> None:
    """Index the page once more, now that its authors are stored too (Wagtail indexes before that), and draw what it shows.

    A card or a picture's size that cannot be made now is made when somebody asks for it; publishing does not fail for it.
    """
    insert_or_update_object(instance.specific)
    transaction.on_commit(lambda: prepare(instance), robust=True)
    transaction.on_commit(lambda: prepare_pictures(instance), robust=True)


@receiver(post_save)
def pictured_row_saved(sender: type, instance: Any, raw: bool = False, **_kwargs: Any) -> None:
    """An author's portrait, an organisation's logo: such rows have no draft, they are public when they are saved."""
    if not raw and apps.ready and _is_public_content(sender) and any(pictures_of(instance)):
        transaction.on_commit(lambda: prepare_pictures(instance), robust=True)


def prepare_pictures(shown: Any) -> None:
    make_renditions(pictures_of(shown.specific if isinstance(shown, Page) else shown))
