"""What declarations offer on the first page of the admin."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.dashboard import Shortcut
from news.models import NewsIndexPage

from .models import Endorsement, SignOn
from .states import TAKING_ENDORSEMENTS


def what_waits(request: HttpRequest) -> Shortcut | None:
    """While something waits, or may come."""
    if not request.user.has_perm("endorsements.view_endorsement"):
        return None
    waiting = Endorsement.objects.in_queue().count()
    if not waiting and not SignOn.objects.filter(state__in=TAKING_ENDORSEMENTS).exists():
        return None
    return Shortcut(
        label=_("Endorsements to look at"),
        text=_("Organisations and people who put their names under a declaration. Approve them, or find out more."),
        url=reverse("endorsement_queue:index"),
        icon="tasks",
        order=15,
        count=waiting,
    )


def write_a_declaration(request: HttpRequest) -> Shortcut | None:
    index = NewsIndexPage.objects.first()
    if index is None or not index.permissions_for_user(request.user).can_add_subpage():
        return None
    return Shortcut(
        label=_("Write a declaration"),
        text=_("A text for organisations and people to put their names under. It stays a draft until it is opened."),
        url=reverse("wagtailadmin_pages:add", args=("endorsements", "declarationpage", index.pk)),
        icon="clipboard-list",
        order=12,
    )
