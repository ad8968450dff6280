"""The queue and all endorsements in the menu, and the addresses of their views."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from core.admin.menu import menu_item_for
from core.admin.records import Records
from endorsements.models import Endorsement

from . import bulk, decisions, endorsements, held, merging, names, queue, similar


class Queue(ViewSet):
    """What waits for a decision, and what was decided on many at once."""

    name = "endorsement_queue"
    url_prefix = "endorsement-queue"
    icon = "tasks"
    menu_label = _("Waiting for you")
    menu_item_class = menu_item_for("endorsements.view_endorsement")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", queue.Queue.as_view(), name="index"),
            path("chosen/", queue.Chosen.as_view(), name="chosen"),
            path("green/", queue.ApproveGreen.as_view(), name="green"),
            path("held/", held.ReleaseHeld.as_view(), name="release_held"),
            path("names/", names.NameChanges.as_view(), name="names"),
            path("names/<int:pk>/", names.DecideName.as_view(), name="name"),
            path("acts/", bulk.BulkActions.as_view(), name="acts"),
            path("acts/<int:pk>/", bulk.UndoBulkAction.as_view(), name="act"),
        ]


class Endorsements(Records):
    """All of them, in every state."""

    name = "endorsements"
    model = Endorsement
    icon = "list-ul"
    menu_label = _("All endorsements")
    index_view_class = endorsements.EndorsementIndex
    inspect_view_class = endorsements.EndorsementView
    inspect_template_name = "endorsements/moderation/admin/endorsement.html"
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("decline/", decisions.Decline.as_view(), name="decline"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/decide/", decisions.Decide.as_view(), name="decide"),
            path("<int:pk>/name/", names.CorrectName.as_view(), name="correct_name"),
            path("<int:pk>/merge/", merging.Merge.as_view(), name="merge"),
            path("<int:pk>/alike/", similar.Similar.as_view(), name="alike"),
        ]
