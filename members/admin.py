"""The coalition in the menu of the admin. What stands in each entry is in its package."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from core.admin.edit_views import SnippetEditView
from members.committee.admin.ballots import Ballots
from members.directory.admin import Coverage
from members.imports.admin import Imports
from members.membership.admin import ProfileChanges
from members.organisations.admin.exports import Exports
from members.organisations.admin.organisations import Organisations
from members.review.admin.viewset import Applications

from .models import KnownSize, Theme


class Themes(SnippetViewSet):
    model = Theme
    icon = "tag"
    edit_view_class = SnippetEditView
    list_display = ("name", "slug")


class KnownSizes(SnippetViewSet):
    model = KnownSize
    icon = "history"
    edit_view_class = SnippetEditView
    list_display = ("name", "year", "members")


class Coalition(SnippetViewSetGroup):
    menu_label = _("Coalition")
    menu_icon = "group"
    menu_order = 160
    items = (Applications, Ballots, Organisations, ProfileChanges, Themes, KnownSizes, Imports, Exports, Coverage)
