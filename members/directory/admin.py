"""Coverage: where the coalition is and where it is not."""

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import ModelPermissionPolicy

from core.admin.menu import menu_item_for
from core.admin.views import AdminView
from members.models import Application

from .coverage import coverage


class CoverageView(AdminView):
    permission_policy = ModelPermissionPolicy(Application)
    permission_required = "view"
    template_name = "members/directory/admin/coverage.html"
    page_title = _("Coverage")
    header_icon = "site"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, coverage=coverage())


class Coverage(ViewSet):
    name = "coverage"
    url_prefix = "coverage"
    icon = "site"
    menu_label = _("Coverage")
    menu_item_class = menu_item_for("members.view_application")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", CoverageView.as_view(), name="index")]
