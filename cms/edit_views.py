"""Wagtail's own editing views of settings, images, documents and redirects, with conflict detection, at their usual addresses."""

from django.urls import URLPattern, path
from wagtail.contrib.redirects import views as redirects
from wagtail.contrib.settings import views as settings
from wagtail.documents.views import documents
from wagtail.images.views import images

from core.admin.edit_views import without_conflicts

VIEWS = {
    "settings/<slug:app_name>/<slug:model_name>/<int:pk>/": settings.EditView,
    "images/<int:image_id>/": images.EditView,
    "documents/edit/<int:document_id>/": documents.EditView,
    "redirects/<int:redirect_id>/": redirects.EditView,
}


def urls() -> list[URLPattern]:
    return [path(route, without_conflicts(view).as_view()) for route, view in VIEWS.items()]
