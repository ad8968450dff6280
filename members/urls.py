"""Addresses in mails, each with a secret, and where to ask for one."""

from django.urls import path

from .views import links

urlpatterns = [
    path("join/application/<str:token>/", links.not_yet, name="application"),
    path("join/application/read/<str:token>/", links.not_yet, name="application_read"),
    path("members/vote/<str:token>/", links.not_yet, name="ballot_vote"),
    path("members/profile/<str:token>/", links.not_yet, name="member_profile"),
    path("members/year/<str:token>/", links.not_yet, name="membership_year"),
    path("members/link/", links.not_yet, name="member_link"),
]
