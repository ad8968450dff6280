"""Declarations in the admin: the queue, all endorsements, and what others add to the group."""

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet

from core.admin.menu import menu_item_for
from core.admin.records import Records
from endorsements.deliveries.admin import Deliveries
from endorsements.imports.admin import Imports
from endorsements.moderation.admin import decisions, endorsements, queue, similar
from endorsements.moderation.admin.exports import Exports

from .models import DeclarationPage, Endorsement
from .responses import admin as responses_admin


def _closes(page: DeclarationPage) -> str:
    return date_format(localtime(page.closes_at), "j M Y, H:i") if page.closes_at else ""


class DeclarationIndex(IndexView):
    """With the state and the number of each, in a fixed number of queries."""

    def annotate_queryset(self, pages: Any) -> Any:
        of_it = Endorsement.objects.listed().filter(declaration=OuterRef("pk")).order_by().values("declaration")
        counts = of_it.annotate(total=Count("pk")).values("total")
        return super().annotate_queryset(pages).select_related("sign_on").annotate(listed=Coalesce(Subquery(counts), 0))


class DeclarationListing(PageListingViewSet):
    """Every declaration with a sign-on, the newest first, drafts included."""

    model = DeclarationPage
    name = "declarations"
    url_prefix = "all-declarations"
    menu_label = _("All declarations")
    icon = "clipboard-list"
    ordering = "-date"
    index_view_class = DeclarationIndex
    list_filter = {"sign_on__state": ["exact"]}
    list_display = (
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        Column("state", accessor="sign_on.get_state_display", label=_("Sign-on"), sort_key="sign_on__state", width="18%"),
        Column("closes_at", accessor=_closes, label=_("Closes"), sort_key="closes_at", width="14%"),
        Column("listed", label=_("Listed"), sort_key="listed", width="8%"),
        PageStatusColumn("status", label=_("Status"), sort_key="live", width="10%"),
    )


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
            path("<int:pk>/merge/", decisions.Merge.as_view(), name="merge"),
            path("<int:pk>/alike/", similar.Alike.as_view(), name="alike"),
        ]


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
            path("acts/", queue.Acts.as_view(), name="acts"),
            path("acts/<int:pk>/", queue.Act.as_view(), name="act"),
        ]


class MemberAnswers(ViewSet):
    """What members said to a declaration that is or was open, and writing to those who said nothing."""

    name = "member_answers"
    url_prefix = "member-answers"
    icon = "group"
    menu_label = responses_admin.TITLE
    menu_item_class = menu_item_for("endorsements.view_endorsement")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", responses_admin.Declarations.as_view(), name="index"),
            path("<int:pk>/", responses_admin.Answers.as_view(), name="declaration"),
            path("<int:pk>/ask/", responses_admin.Ask.as_view(), name="ask"),
            path("<int:pk>/chase/", responses_admin.Chase.as_view(), name="chase"),
        ]


class Declarations(ViewSetGroup):
    menu_label = _("Declarations")
    menu_icon = "clipboard-list"
    menu_order = 155
    items = (
        Queue,
        DeclarationListing,
        Endorsements,
        MemberAnswers,
        Deliveries,
        Imports,
        Exports,
    )
