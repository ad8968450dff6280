"""Addresses in mails, each with a secret, the public check of what was handed over, and a declaration's addresses that have a dot."""

from django.urls import path, re_path

from cms.routing import serve
from endorsements.declarations.views import circulation
from endorsements.deliveries.views import verify, verify_form
from endorsements.signing.views import confirm as views_confirm
from endorsements.signing.views import manage as views_manage
from endorsements.signing.views.links import AskForEndorsementLink

from .responses import views as responses_views

# Wagtail's own pattern takes no dots; endorsements/declarations/urls.py says what answers.
DOTTED = r"^((?:[\w\-]+/)+(?:signatories\.csv|signatories\.json|count\.json|badge\.svg|versions/\d+\.\d+/|versions/\d+\.\d+\.txt))$"

urlpatterns = [
    path("endorsements/confirm/<str:token>/", views_confirm.confirm, name="endorsement_confirm"),
    path("endorsements/not-me/<str:token>/", views_confirm.disown, name="endorsement_disown"),
    path("endorsements/manage/<str:token>/", views_manage.manage, name="endorsement_manage"),
    path("endorsements/second/<str:token>/", views_confirm.second, name="endorsement_second"),
    path("endorsements/renew/<str:token>/", views_confirm.renew, name="endorsement_renew"),
    path("endorsements/updates/<str:token>/", views_confirm.updates, name="endorsement_updates"),
    path("endorsements/answer/<str:token>/", responses_views.answer, name="declaration_answer"),
    path("members/profile/<str:token>/declarations/<int:pk>/", responses_views.answer_from_profile, name="member_declaration"),
    path("endorsements/link/", AskForEndorsementLink.as_view(), name="endorsement_link"),
    path("declarations/<str:token>/", circulation.circulating, name="declaration_circulating"),
    path("declarations/<str:token>/endorse/", circulation.circulating_endorse, name="declaration_circulating_endorse"),
    path("declarations/<str:token>/endorse/check-mail/", circulation.circulating_after, {"step": "check-mail"}),
    path("declarations/<str:token>/endorse/held/", circulation.circulating_after, {"step": "held"}),
    path("verify/", verify_form, name="verify_form"),
    path("verify/<str:digest>/", verify, name="verify"),
    re_path(DOTTED, serve, name="declaration_file"),
]
