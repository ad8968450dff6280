"""The URLs below the news listing."""

from django.urls import path, re_path

from . import views

urlpatterns = [
    path("", views.all_posts, name="all_posts"),
    re_path(r"^(?P<year>\d{4})/$", views.year, name="year"),
    path("authors/<slug:slug>/", views.author, name="author"),
]
