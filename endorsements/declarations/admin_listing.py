"""All declarations in the menu, and writing a new one from the first page of the admin."""

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet

from cms.dashboard import Shortcut
from endorsements.models import DeclarationPage, Endorsement
from news.models import NewsIndexPage


def _closes(page: DeclarationPage) -> str:
    return date_format(localtime(page.closes_at), "j M Y, H:i") if page.closes_at else ""


class DeclarationIndex(IndexView):
    """With the state and the number of each, in a fixed number of queries."""

    def annotate_queryset(self, pages: Any) -> Any:
        of_it = Endorsement.objects.listed().filter(declaration=OuterRef("pk")).order_by().values("declaration")
        counts = of_it.annotate(total=Count("pk")).values("total")
        return super().annotate_queryset(pages).select_related("sign_on").annotate(listed=Coalesce(Subquery(counts), 0))


class Declarations(PageListingViewSet):
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


def write_a_declaration(user: Any) -> Shortcut | None:
    """On the first page of the admin, for those who may."""
    index = NewsIndexPage.objects.first()
    if index is None or not index.permissions_for_user(user).can_add_subpage():
        return None
    return Shortcut(
        label=gettext("Write a declaration"),
        text=gettext("A text for organisations and people to put their names under. It stays a draft until it is opened."),
        url=reverse("wagtailadmin_pages:add", args=("endorsements", "declarationpage", index.pk)),
        icon="clipboard-list",
        order=12,
    )
