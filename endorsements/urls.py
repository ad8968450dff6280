"""Addresses in emails with a secret token, the check of a delivery by its hash, and a declaration's addresses that contain a dot."""

from django.urls import path, re_path

from cms.routing import serve
from endorsements.declarations import views as declaration_views
from endorsements.deliveries.views import verify, verify_form
from endorsements.responses import views as response_views
from endorsements.signing.views import confirm as confirm_views
from endorsements.signing.views.links import AskForEndorsementLink
from endorsements.signing.views.manage import manage

# Wagtail's own pattern takes no dots; endorsements/declarations/urls.py has the views.
DOTTED = r"^((?:[\w\-]+/)+(?:signatories\.csv|signatories\.json|count\.json|badge\.svg|versions/\d+\.\d+/|versions/\d+\.\d+\.txt))$"

urlpatterns = [
    path("endorsements/confirm/<str:token>/", confirm_views.confirm, name="endorsement_confirm"),
    path("endorsements/not-me/<str:token>/", confirm_views.not_me, name="endorsement_disown"),
    path("endorsements/manage/<str:token>/", manage, name="endorsement_manage"),
    path("endorsements/second/<str:token>/", confirm_views.second_person, name="endorsement_second"),
    path("endorsements/renew/<str:token>/", confirm_views.renew, name="endorsement_renew"),
    path("endorsements/updates/<str:token>/", confirm_views.updates, name="endorsement_updates"),
    path("endorsements/answer/<str:token>/", response_views.answer, name="declaration_answer"),
    path("members/profile/<str:token>/declarations/<int:pk>/", response_views.answer_from_profile, name="member_declaration"),
    path("endorsements/link/", AskForEndorsementLink.as_view(), name="endorsement_link"),
    path("declarations/<str:token>/", declaration_views.circulating, name="declaration_circulating"),
    path("declarations/<str:token>/endorse/", declaration_views.circulating_endorse, name="declaration_circulating_endorse"),
    path("declarations/<str:token>/endorse/check-mail/", declaration_views.circulating_after, {"step": "check-mail"}),
    path("declarations/<str:token>/endorse/held/", declaration_views.circulating_after, {"step": "held"}),
    path("verify/", verify_form, name="verify_form"),
    path("verify/<str:digest>/", verify, name="verify"),
    re_path(DOTTED, serve, name="declaration_file"),
]
