"""Declarations in the admin: the queue, all endorsements, and what others add to the group."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet

from .admin_views import alike, deciding, endorsements, queue
from .admin_views.delivering import Deliveries
from .admin_views.exporting import Exports
from .admin_views.importing import Imports
from .admin_views.personal_data import PersonalDataScreen
from .models import Endorsement


class Endorsements(ModelViewSet):
    """All of them, in every state. Nothing is written, changed, copied or deleted by hand: only decided on."""

    name = "endorsements"
    model = Endorsement
    icon = "list-ul"
    menu_label = _("All endorsements")
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = endorsements.EndorsementIndex
    inspect_view_class = endorsements.EndorsementView
    inspect_template_name = "endorsements/admin/endorsement.html"
    form_fields: list[str] = []
    list_per_page = 50

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        none = dict.fromkeys(("add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name"))
        return super().get_common_view_kwargs(**{**none, **kwargs})

    @property
    def url_finder_class(self) -> type:
        return type("EndorsementUrlFinder", (super().url_finder_class,), {"edit_url_name": self.get_url_name("inspect")})

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("decline/", deciding.Decline.as_view(), name="decline"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/decide/", deciding.Decide.as_view(), name="decide"),
            path("<int:pk>/merge/", deciding.Merge.as_view(), name="merge"),
            path("<int:pk>/alike/", alike.Alike.as_view(), name="alike"),
        ]


class QueueItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("endorsements.view_endorsement"))


class Queue(ViewSet):
    """What waits for a decision, and what was decided on many at once."""

    name = "endorsement_queue"
    url_prefix = "endorsement-queue"
    icon = "tasks"
    menu_label = _("Waiting for you")
    menu_item_class = QueueItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", queue.Queue.as_view(), name="index"),
            path("chosen/", queue.Chosen.as_view(), name="chosen"),
            path("green/", queue.ApproveGreen.as_view(), name="green"),
            path("acts/", queue.Acts.as_view(), name="acts"),
            path("acts/<int:pk>/", queue.Act.as_view(), name="act"),
        ]


class Declarations(ViewSetGroup):
    menu_label = _("Declarations")
    menu_icon = "clipboard-list"
    menu_order = 155
    items = (
        Queue,
        Endorsements,
        Deliveries,
        Imports,
        Exports,
        PersonalDataScreen,
    )
