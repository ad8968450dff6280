"""The coalition in the admin: applications, ballots, organisations, profile changes, and the themes they work on."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from core.menu import menu_item_for
from core.records import Records

from .admin_views import applications, ballots, deciding, ending, exporting, organisations, personal_data, profile_changes
from .models import Application, Ballot, KnownSize, Organisation, ProfileChange, Theme


class Applications(Records):
    name = "applications"
    model = Application
    icon = "form"
    menu_label = _("Applications")
    menu_item_class = menu_item_for("members.view_application")
    index_view_class = applications.ApplicationIndex
    inspect_view_class = applications.ApplicationView
    inspect_template_name = "members/admin/application.html"
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        verbs = {
            "take": deciding.Take,
            "stop_asking": deciding.StopAsking,
            "ask_again": deciding.AskAgain,
            "withdraw": deciding.Withdraw,
            "assign": deciding.Assign,
            "promise": deciding.Promise,
            "ask": deciding.Ask,
            "put_to_committee": deciding.PutToCommittee,
            "accept": ending.Accept,
            "decline": ending.Decline,
        }
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/note/", deciding.WriteNote.as_view(), name="note"),
            path("<int:pk>/files/<int:file>/", applications.download, name="file"),
            *(path(f"<int:pk>/{name.replace('_', '-')}/", view.as_view(), name=name) for name, view in verbs.items()),
        ]


class Ballots(Records):
    name = "ballots"
    model = Ballot
    icon = "clipboard-list"
    menu_label = _("Ballots")
    menu_item_class = menu_item_for("members.view_ballot")
    index_view_class = ballots.BallotIndex
    inspect_view_class = ballots.BallotView
    inspect_template_name = "members/admin/ballot.html"
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/resume/", ballots.Resume.as_view(), name="resume"),
            path("<int:pk>/close/", ballots.Close.as_view(), name="close"),
            path("<int:pk>/cancel/", ballots.Cancel.as_view(), name="cancel"),
            path("<int:pk>/vote/<int:vote>/", ballots.CastVote.as_view(), name="vote"),
        ]


class OrganisationListing(SnippetViewSet):
    model = Organisation
    icon = "group"
    list_display = organisations.COLUMNS
    ordering = "name"
    filterset_class = organisations.OrganisationFilterSet
    index_view_class = organisations.OrganisationIndex
    inspect_view_enabled = True
    inspect_view_class = organisations.OrganisationView
    delete_view_class = organisations.OrganisationDelete
    inspect_template_name = "members/admin/organisation.html"


class ProfileChanges(Records):
    name = "profile_changes"
    url_prefix = "profile-changes"
    model = ProfileChange
    icon = "edit"
    menu_label = _("Profile changes")
    menu_item_class = menu_item_for("members.view_profilechange")
    index_view_class = profile_changes.ProfileChangeIndex
    inspect_view_enabled = False
    page_url_name = "review"
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", profile_changes.Review.as_view(), name="review"),
            path("<int:pk>/logo/", profile_changes.logo, name="logo"),
        ]


class ThemeListing(SnippetViewSet):
    model = Theme
    icon = "tag"
    list_display = ("name", "slug")


class KnownSizeListing(SnippetViewSet):
    model = KnownSize
    icon = "history"
    list_display = ("name", "year", "members")


class Exports(ViewSet):
    name = "member_export"
    url_prefix = "member-export"
    icon = "download"
    menu_label = _("Export")
    menu_item_class = menu_item_for("members.change_organisation")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", exporting.Export.as_view(), name="index")]


class CoverageScreen(ViewSet):
    name = "coverage"
    url_prefix = "coverage"
    icon = "site"
    menu_label = _("Coverage")
    menu_item_class = menu_item_for("members.view_application")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", exporting.CoveragePage.as_view(), name="index")]


class PersonalDataScreen(ViewSet):
    """Beside the mails that were sent: it is about applicants, members and endorsers alike."""

    name = "personal_data"
    url_prefix = "personal-data"
    icon = "user"
    menu_label = personal_data.TITLE
    menu_order = 902
    add_to_settings_menu = True
    menu_item_class = personal_data.Item

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", personal_data.PersonalData.as_view(), name="index")]


class Coalition(SnippetViewSetGroup):
    menu_label = _("Coalition")
    menu_icon = "group"
    menu_order = 160
    items = (Applications, Ballots, OrganisationListing, ProfileChanges, ThemeListing, KnownSizeListing, Exports, CoverageScreen)
