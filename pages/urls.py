"""Search, the style guide, and well-known URLs for robots and security researchers."""

from django.urls import path

from . import sitemaps, styleguide, views

urlpatterns = [
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("search/", views.search_page, name="search"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
]
