"""The coalition in the menu of the admin. What stands in each entry is in its package."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from members.committee.admin import Ballots
from members.directory.admin import Coverage
from members.membership.admin import ProfileChanges
from members.organisations.admin.exports import Exports
from members.organisations.admin.organisations import Organisations
from members.review.admin.viewset import Applications

from . import personal_data_admin
from .models import KnownSize, Theme


class Themes(SnippetViewSet):
    model = Theme
    icon = "tag"
    list_display = ("name", "slug")


class KnownSizes(SnippetViewSet):
    model = KnownSize
    icon = "history"
    list_display = ("name", "year", "members")


class PersonalDataScreen(ViewSet):
    """Beside the mails that were sent: it is about applicants, members and endorsers alike."""

    name = "personal_data"
    url_prefix = "personal-data"
    icon = "user"
    menu_label = personal_data_admin.TITLE
    menu_order = 902
    add_to_settings_menu = True
    menu_item_class = personal_data_admin.Item

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", personal_data_admin.PersonalData.as_view(), name="index")]


class Coalition(SnippetViewSetGroup):
    menu_label = _("Coalition")
    menu_icon = "group"
    menu_order = 160
    items = (Applications, Ballots, Organisations, ProfileChanges, Themes, KnownSizes, Exports, Coverage)
