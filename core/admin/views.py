"""The page in the admin that the views of every room are made of."""

from typing import Any

from django.utils.functional import Promise
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

Breadcrumb = tuple[str, str | Promise]  # an address and its label


class AdminView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page for those who hold `permission_required` under `permission_policy`, with the way to it from the first page."""

    permission_required = "change"

    def above(self) -> list[Breadcrumb]:
        """The pages that this one stands under, the highest first."""
        return []

    def here(self) -> str | Promise:
        """What this page is called in the way to it."""
        return self.get_page_title()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        way = [*self.above(), ("", self.here())]
        return [*super().get_breadcrumbs_items(), *({"url": url, "label": label} for url, label in way)]
