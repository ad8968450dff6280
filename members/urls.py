"""Addresses in mails, each with a secret, and where to ask for one; and the directory, whose names `states.TAKEN_ADDRESSES` knows."""

from django.urls import path

from .views import directory, links

urlpatterns = [
    path("join/application/<str:token>/", links.not_yet, name="application"),
    path("join/application/read/<str:token>/", links.not_yet, name="application_read"),
    path("members/vote/<str:token>/", links.not_yet, name="ballot_vote"),
    path("members/profile/<str:token>/", links.not_yet, name="member_profile"),
    path("members/year/<str:token>/", links.not_yet, name="membership_year"),
    path("members/link/", links.not_yet, name="member_link"),
    path("members/", directory.directory, name="members"),
    path("members/members.csv", directory.directory_csv, name="members_csv"),
    path("members/members.json", directory.directory_json, name="members_json"),
    path("members/numbers/", directory.numbers, name="members_numbers"),
    path("members/<slug:slug>/", directory.profile, name="member"),
]
