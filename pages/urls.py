"""Search, the style guide, and well-known URLs for robots and security researchers."""

from django.urls import path, re_path

from . import sitemaps, styleguide, views

urlpatterns = [
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("search/", views.search_page, name="search"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    re_path(r"^sitemap-(?P<section>[a-z0-9-]{1,20})-(?P<number>[1-9]\d{0,4})\.xml$", sitemaps.sitemap_part, name="sitemap_part"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
]
