"""The coalition in the admin: applications, ballots, organisations, profile changes, and the themes they work on."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from core.admin.menu import menu_item_for
from core.admin.records import Records
from members.organisations.admin import exports as admin_exports
from members.organisations.admin import organisations
from members.review.admin import actions as admin_actions
from members.review.admin import applications, decision

from .committee import admin as committee_admin
from .membership import admin as membership_admin
from .models import Application, Ballot, KnownSize, Organisation, ProfileChange, Theme


class Applications(Records):
    name = "applications"
    model = Application
    icon = "form"
    menu_label = _("Applications")
    menu_item_class = menu_item_for("members.view_application")
    index_view_class = applications.ApplicationIndex
    inspect_view_class = applications.ApplicationView
    inspect_template_name = "members/review/admin/application.html"
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        verbs = {
            "take": admin_actions.Take,
            "stop_asking": admin_actions.StopAsking,
            "ask_again": admin_actions.AskAgain,
            "withdraw": admin_actions.Withdraw,
            "assign": admin_actions.Assign,
            "promise": admin_actions.Promise,
            "ask": admin_actions.Ask,
            "put_to_committee": admin_actions.PutToCommittee,
            "accept": decision.Accept,
            "decline": decision.Decline,
        }
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/note/", admin_actions.WriteNote.as_view(), name="note"),
            path("<int:pk>/files/<int:file>/", applications.download, name="file"),
            *(path(f"<int:pk>/{name.replace('_', '-')}/", view.as_view(), name=name) for name, view in verbs.items()),
        ]


class Ballots(Records):
    name = "ballots"
    model = Ballot
    icon = "clipboard-list"
    menu_label = _("Ballots")
    menu_item_class = menu_item_for("members.view_ballot")
    index_view_class = committee_admin.BallotIndex
    inspect_view_class = committee_admin.BallotView
    inspect_template_name = "members/committee/admin/ballot.html"
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/resume/", committee_admin.Resume.as_view(), name="resume"),
            path("<int:pk>/close/", committee_admin.Close.as_view(), name="close"),
            path("<int:pk>/cancel/", committee_admin.Cancel.as_view(), name="cancel"),
            path("<int:pk>/vote/<int:vote>/", committee_admin.CastVote.as_view(), name="vote"),
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
    inspect_template_name = "members/organisations/admin/organisation.html"


class ProfileChanges(Records):
    name = "profile_changes"
    url_prefix = "profile-changes"
    model = ProfileChange
    icon = "edit"
    menu_label = _("Profile changes")
    menu_item_class = menu_item_for("members.view_profilechange")
    index_view_class = membership_admin.ProfileChangeIndex
    inspect_view_enabled = False
    page_url_name = "review"
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", membership_admin.Review.as_view(), name="review"),
            path("<int:pk>/logo/", membership_admin.logo, name="logo"),
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
        return [path("", admin_exports.Export.as_view(), name="index")]


class CoverageScreen(ViewSet):
    name = "coverage"
    url_prefix = "coverage"
    icon = "site"
    menu_label = _("Coverage")
    menu_item_class = menu_item_for("members.view_application")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", admin_exports.CoveragePage.as_view(), name="index")]


class Coalition(SnippetViewSetGroup):
    menu_label = _("Coalition")
    menu_icon = "group"
    menu_order = 160
    items = (Applications, Ballots, OrganisationListing, ProfileChanges, ThemeListing, KnownSizeListing, Exports, CoverageScreen)
