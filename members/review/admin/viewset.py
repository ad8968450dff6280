"""Applications in the menu, and the addresses of their views."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from core.admin.menu import menu_item_for
from core.admin.records import Records
from members.applications.admin import download
from members.models import Application

from . import actions, ballot, decision
from .applications import ApplicationIndex, ApplicationView

ACTIONS = {
    "take": actions.Take,
    "stop_asking": actions.StopAsking,
    "ask_again": actions.AskAgain,
    "withdraw": actions.Withdraw,
    "assign": actions.Assign,
    "promise": actions.Promise,
    "ask": actions.Ask,
    "put_to_committee": ballot.PutToCommittee,
    "accept": decision.Accept,
    "decline": decision.Decline,
}


class Applications(Records):
    name = "applications"
    model = Application
    icon = "form"
    menu_label = _("Applications")
    menu_item_class = menu_item_for("members.view_application")
    index_view_class = ApplicationIndex
    inspect_view_class = ApplicationView
    inspect_template_name = "members/review/admin/application.html"
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/note/", actions.WriteNote.as_view(), name="note"),
            path("<int:pk>/files/<int:file>/", download, name="file"),
            *(path(f"<int:pk>/{name.replace('_', '-')}/", view.as_view(), name=name) for name, view in ACTIONS.items()),
        ]
