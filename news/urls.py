"""Feeds, and the URLs of posts on the coalition's former site. The news listing is a page (news/models/index.py)."""

from django.urls import path, re_path

from . import feeds, views

urlpatterns = [
    path("feeds/all.<str:form>", feeds.feed, name="feed"),
    path("feeds/<str:facet>/<slug:value>.<str:form>", feeds.feed, name="feed_of"),
    re_path(
        r"^(?:features|blog)/(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<slug>[^/]{1,300})/?$",
        views.former_address,
        name="former_address",
    ),
]
