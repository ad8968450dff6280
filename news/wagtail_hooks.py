"""News in the admin: its menu and shortcuts."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from cms.dashboard import HOOK, Shortcut

from .models import NewsIndexPage
from .viewsets import NewsViewSetGroup

register_snippet(NewsViewSetGroup)


@hooks.register(HOOK)
def write_post(user: Any) -> Shortcut | None:
    index = NewsIndexPage.objects.first()
    if index is None or not index.permissions_for_user(user).can_add_subpage():
        return None
    return Shortcut(
        label=_("Write a post"),
        text=_("News, a statement, an opinion … It stays a draft until it is published."),
        url=reverse("wagtailadmin_pages:add", args=("news", "postpage", index.pk)),
        icon="edit",
        order=10,
    )


@hooks.register(HOOK)
def read_drafts(user: Any) -> Shortcut | None:
    """For users who may edit or comment: all posts that are not public yet."""
    index = NewsIndexPage.objects.first()
    if index is None or not index.permissions_for_user(user).can_edit():
        return None
    return Shortcut(
        label=_("Read the drafts"),
        text=_("Posts that are not published yet. Open one to read it and to comment."),
        url=reverse("posts:index") + "?live=false",
        icon="draft",
        order=40,
    )
