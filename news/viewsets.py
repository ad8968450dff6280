"""The list of posts in the admin, and the snippets of authors, topics and series."""

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from core.admin.edit_views import SnippetEditView

from .models import Author, PostPage, Series, Topic


def _day(post: PostPage) -> str:
    return date_format(post.date, "j M Y") if post.date else ""


class PostListing(PageListingViewSet):
    """All posts, newest first, including drafts."""

    model = PostPage
    name = "posts"
    url_prefix = "posts"
    menu_label = _("All posts")
    icon = "doc-full"
    ordering = "-date"
    list_filter = {"kind": ["exact"], "date": ["gte", "lte"], "live": ["exact"], "topics": ["exact"]}
    list_display = (
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        Column("get_kind_display", label=_("Kind"), sort_key="kind", width="14%"),
        Column("date", accessor=_day, label=_("Date"), sort_key="date", width="12%"),
        PageStatusColumn("status", label=_("Status"), sort_key="live", width="12%"),
    )


class AuthorListing(SnippetViewSet):
    model = Author
    icon = "user"
    edit_view_class = SnippetEditView
    list_display = ("name", "kind", "role", "affiliation")
    list_filter = ("kind",)


class TopicListing(SnippetViewSet):
    model = Topic
    icon = "tag"
    edit_view_class = SnippetEditView
    list_display = ("name", "description")


class SeriesListing(SnippetViewSet):
    model = Series
    icon = "list-ol"
    edit_view_class = SnippetEditView
    list_display = ("name", "description")


class NewsViewSetGroup(SnippetViewSetGroup):
    menu_label = _("News")
    menu_icon = "doc-full-inverse"
    menu_order = 150
    items = (PostListing, AuthorListing, TopicListing, SeriesListing)
