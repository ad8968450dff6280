"""Rows in the admin that nobody writes, changes, copies or deletes by hand: they are read, and changed by actions of their own."""

from typing import Any

from django.urls import URLPattern, path
from django.utils.text import capfirst
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet


class RecordIndex(IndexView):
    """Open to those who may see the rows; each is opened by its name."""

    any_permission_required = ["view"]

    def get_list_buttons(self, instance: Any) -> list[Any]:
        return []


class Records(ModelViewSet):
    """The listing; `page_url_name` is the screen of one, which a room adds to the addresses."""

    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    form_fields: list[str] = []
    page_url_name = "inspect"

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        none = dict.fromkeys(("add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name"))
        return super().get_common_view_kwargs(**{**none, **kwargs})

    @property
    def url_finder_class(self) -> type:
        return type("UrlFinder", (super().url_finder_class,), {"edit_url_name": self.get_url_name(self.page_url_name)})

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", self.index_view, name="index"), path("results/", self.index_results_view, name="index_results")]


def label_of(model: Any, name: str) -> str:
    """What people call a field."""
    field = model._meta.get_field(name)
    return str(capfirst(getattr(field, "verbose_name", name)))
