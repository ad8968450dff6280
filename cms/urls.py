"""Share cards and icons."""

from django.urls import path

from . import views

urlpatterns = [
    path("share/<int:page_id>/<slug:fingerprint>.png", views.share_card, name="share_card"),
    path("site.webmanifest", views.webmanifest, name="webmanifest"),
    path("favicon.ico", views.Favicon.as_view()),
]
