"""What declarations offer on the first page of the admin."""

from typing import Any

from django.db.models import Count, Max
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.dashboard import Shortcut
from news.models import NewsIndexPage

from .models import Endorsement, SignOn
from .states import TAKING_ENDORSEMENTS


def what_waits(user: Any) -> Shortcut | None:
    """While something waits, or may come."""
    if not user.has_perm("endorsements.view_endorsement"):
        return None
    waiting = Endorsement.objects.in_queue().aggregate(count=Count("pk"), newest=Max(Coalesce("confirmed_at", "submitted_at")))
    if not waiting["count"] and not SignOn.objects.filter(state__in=TAKING_ENDORSEMENTS).exists():
        return None
    return Shortcut(
        label=_("Endorsements to look at"),
        text=_("Organisations and people who put their names under a declaration. Approve them, or find out more."),
        url=reverse("endorsement_queue:index"),
        icon="tasks",
        order=15,
        **waiting,
    )


def write_a_declaration(user: Any) -> Shortcut | None:
    index = NewsIndexPage.objects.first()
    if index is None or not index.permissions_for_user(user).can_add_subpage():
        return None
    return Shortcut(
        label=_("Write a declaration"),
        text=_("A text for organisations and people to put their names under. It stays a draft until it is opened."),
        url=reverse("wagtailadmin_pages:add", args=("endorsements", "declarationpage", index.pk)),
        icon="clipboard-list",
        order=12,
    )
