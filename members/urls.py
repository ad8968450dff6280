"""Addresses in mails, each with a secret, and where to ask for one; and the directory, whose names `states.TAKEN_ADDRESSES` knows.
The page /join/ itself is the editors'."""

from django.urls import path, re_path

from .application_forms import STEPS
from .views import application, application_files, directory, joining, not_me, self_service, voting

STEP = "|".join(STEPS)

urlpatterns = [
    path("join/apply/", joining.apply, name="join_apply"),
    path("join/apply/check-mail/", joining.check_mail, name="join_check_mail"),
    path("join/apply/questions.txt", joining.questions, name="join_questions"),
    path("join/application/read/<str:token>/", application.reading, name="application_read"),
    path("join/application/<str:token>/", application.application, name="application"),
    re_path(rf"^join/application/(?P<token>[^/]+)/(?P<word>{STEP})/$", application.step, name="application_step"),
    path("join/application/<str:token>/files/", application_files.files, name="application_files"),
    path("join/application/<str:token>/file/<int:number>/", application.file, name="application_file"),
    path("join/application/<str:token>/colleagues/", application.colleagues, name="application_colleagues"),
    path("join/application/<str:token>/review/", application.review, name="application_review"),
    path("join/application/<str:token>/answers/", application.answers, name="application_answers"),
    path("join/application/<str:token>/withdraw/", application.withdraw, name="application_withdraw"),
    path("join/application/<str:token>/delete/", application.discard, name="application_discard"),
    path("members/vote/<str:token>/", voting.vote, name="ballot_vote"),
    path("members/vote/<str:token>/file/<int:number>/", voting.file, name="ballot_file"),
    path("members/profile/<str:token>/", self_service.profile, name="member_profile"),
    path("members/profile/<str:token>/public/", self_service.public_profile, name="member_public_profile"),
    path("members/profile/<str:token>/contacts/", self_service.contacts, name="member_contacts"),
    path("members/year/<str:token>/", self_service.year, name="membership_year"),
    path("members/not-me/<str:token>/", not_me.not_me, name="membership_not_me"),
    path("members/link/", self_service.ask_for_link, name="member_link"),
    path("members/", directory.directory, name="members"),
    path("members/members.csv", directory.directory_csv, name="members_csv"),
    path("members/members.json", directory.directory_json, name="members_json"),
    path("members/numbers/", directory.numbers, name="members_numbers"),
    path("members/<slug:slug>/", directory.profile, name="member"),
]
