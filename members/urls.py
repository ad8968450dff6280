"""Applications, pages opened by emailed links, and the directory.

Names below /members/ must be in `states.RESERVED_SLUGS`. /join/ itself is a page of the CMS.
"""

from django.urls import path, re_path

from members.applications.forms import STEPS
from members.applications.views import files as views_files
from members.applications.views import form as views_form
from members.applications.views import not_me, start
from members.applications.views.links import Apply

from .committee import views as committee_views
from .directory import views as directory_views
from .membership import views as membership_views
from .membership.links import AskForProfileLink

STEP = "|".join(STEPS)

urlpatterns = [
    path("join/apply/", Apply.as_view(), name="join_apply"),
    path("join/apply/check-mail/", start.check_mail, name="join_check_mail"),
    path("join/apply/questions.txt", start.questions, name="join_questions"),
    path("join/application/read/<str:token>/", views_form.reading, name="application_read"),
    path("join/application/<str:token>/", views_form.application, name="application"),
    re_path(rf"^join/application/(?P<token>[^/]+)/(?P<slug>{STEP})/$", views_form.step, name="application_step"),
    path("join/application/<str:token>/files/", views_files.files, name="application_files"),
    path("join/application/<str:token>/file/<int:number>/", views_files.download, name="application_file"),
    path("join/application/<str:token>/colleagues/", views_form.colleagues, name="application_colleagues"),
    path("join/application/<str:token>/review/", views_form.review, name="application_review"),
    path("join/application/<str:token>/answers/", views_form.answers, name="application_answers"),
    path("join/application/<str:token>/withdraw/", views_form.withdraw, name="application_withdraw"),
    path("join/application/<str:token>/delete/", views_form.discard, name="application_discard"),
    path("members/vote/<str:token>/", committee_views.vote, name="ballot_vote"),
    path("members/vote/<str:token>/file/<int:number>/", committee_views.file, name="ballot_file"),
    path("members/profile/<str:token>/", membership_views.profile, name="member_profile"),
    path("members/profile/<str:token>/public/", membership_views.public_profile, name="member_public_profile"),
    path("members/profile/<str:token>/contacts/", membership_views.contacts, name="member_contacts"),
    path("members/profile/<str:token>/leave/", membership_views.leave, name="member_leave"),
    path("members/year/<str:token>/", membership_views.year, name="membership_year"),
    path("members/contact/<str:token>/", membership_views.confirm_contact, name="member_confirm_contact"),
    path("members/address/confirm/<str:token>/", membership_views.confirm_address, name="member_confirm_address"),
    path("members/address/stop/<str:token>/", membership_views.stop_address, name="member_stop_address"),
    path("members/not-me/<str:token>/", not_me.not_me, name="membership_not_me"),
    path("members/link/", AskForProfileLink.as_view(), name="member_link"),
    path("members/", directory_views.directory, name="members"),
    path("members/members.csv", directory_views.directory_csv, name="members_csv"),
    path("members/members.json", directory_views.directory_json, name="members_json"),
    path("members/numbers/", directory_views.numbers, name="members_numbers"),
    path("members/<slug:slug>/", directory_views.profile, name="member"),
]
