"""Which changes make cached pages stale, and what is prepared when a page is published."""

from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Collection, Page, PageViewRestriction, Site
from wagtail.search.index import insert_or_update_object
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from core.web.page_cache import content_changed, content_purged

from .renditions import make_renditions, pictures_of
from .shared_picture import prepare_share_picture

# Any row of these apps may be shown on a public page. So are endorsements, but there are thousands of them: their counts are fresh within
# a minute, and the workflows of `endorsements` call `content_changed` when more than a count has changed.
PUBLIC_APPS = ("cms", "news", "pages", "wagtailredirects")
# Rows that are made of others, also for a draft or at the first reading.
DERIVED = ("siterendition", "searchentry", "searchwords")
# Of the members only these: applications, contacts and votes are not public, and strangers may create many.
PUBLIC_ROWS = {
    f"members.{name}" for name in ("organisation", "organisation_themes", "theme", "membership", "seat", "formeraddress", "knownsize")
}


def _is_public_content(model: type) -> bool:
    if model in (Site, PageViewRestriction, Collection):
        return True
    if not hasattr(model, "_meta") or issubclass(model, Page):
        return False  # pages change when they are published, not when a draft is saved
    meta = model._meta
    return (meta.app_label in PUBLIC_APPS and meta.model_name not in DERIVED) or meta.label_lower in PUBLIC_ROWS


def _may_hide(model: type) -> bool:
    """Whether saving a row can take something away from readers: a page made private, a member that has left."""
    return model is PageViewRestriction or model._meta.app_label == "members"


@receiver([post_save, post_delete, m2m_changed])
def public_row_changed(signal: Any, sender: type, raw: bool = False, update_fields: Any = None, **_kwargs: Any) -> None:
    """Pages count only when deleted or saved with all fields, because Wagtail saves drafts with few fields."""
    is_page = isinstance(sender, type) and issubclass(sender, Page)
    if not raw and apps.ready and (update_fields is None if is_page else _is_public_content(sender)):
        (content_purged if signal is post_delete or _may_hide(sender) else content_changed)()


for signal in (page_published, page_slug_changed, post_page_move):
    signal.connect(content_changed, dispatch_uid=f"content_changed_{id(signal)}")
page_unpublished.connect(content_purged, dispatch_uid="content_purged")


@receiver(page_published)
def prepare_published_page(instance: Page, **_kwargs: Any) -> None:
    """Index the page again, because Wagtail indexes it before its authors are saved, and make its share card and renditions.

    Publishing does not fail if these cannot be made: they are then made on request.
    """
    insert_or_update_object(instance.specific)
    transaction.on_commit(lambda: prepare_share_picture(instance), robust=True)
    transaction.on_commit(lambda: prepare_pictures(instance), robust=True)


@receiver(post_save)
def row_with_pictures_saved(sender: type, instance: Any, raw: bool = False, **_kwargs: Any) -> None:
    """Authors and organisations have no drafts: their pictures are public when the row is saved."""
    if not raw and apps.ready and _is_public_content(sender) and any(pictures_of(instance)):
        transaction.on_commit(lambda: prepare_pictures(instance), robust=True)


def prepare_pictures(row: Any) -> None:
    make_renditions(pictures_of(row.specific if isinstance(row, Page) else row))
