"""Addresses in mails, each with a secret, the public check of what was handed over, and a declaration's addresses that have a dot."""

from django.urls import path, re_path

from cms.routing import serve

from .views import answering, circulating, links, lost_links, managing
from .views.verify import verify, verify_form

# Wagtail's own pattern takes no dots; the page's routes (public_routes.py) say what answers.
DOTTED = r"^((?:[\w\-]+/)+(?:signatories\.csv|signatories\.json|count\.json|badge\.svg|versions/\d+\.\d+/|versions/\d+\.\d+\.txt))$"

urlpatterns = [
    path("endorsements/confirm/<str:token>/", links.confirm, name="endorsement_confirm"),
    path("endorsements/not-me/<str:token>/", links.disown, name="endorsement_disown"),
    path("endorsements/manage/<str:token>/", managing.manage, name="endorsement_manage"),
    path("endorsements/second/<str:token>/", links.second, name="endorsement_second"),
    path("endorsements/renew/<str:token>/", links.renew, name="endorsement_renew"),
    path("endorsements/updates/<str:token>/", links.updates, name="endorsement_updates"),
    path("endorsements/answer/<str:token>/", answering.answer, name="declaration_answer"),
    path("members/profile/<str:token>/declarations/<int:pk>/", answering.answer_from_profile, name="member_declaration"),
    path("endorsements/link/", lost_links.ask_for_link, name="endorsement_link"),
    path("declarations/<str:token>/", circulating.circulating, name="declaration_circulating"),
    path("declarations/<str:token>/endorse/", circulating.circulating_endorse, name="declaration_circulating_endorse"),
    path("declarations/<str:token>/endorse/check-mail/", circulating.circulating_after, {"step": "check-mail"}),
    path("declarations/<str:token>/endorse/held/", circulating.circulating_after, {"step": "held"}),
    path("verify/", verify_form, name="verify_form"),
    path("verify/<str:digest>/", verify, name="verify"),
    re_path(DOTTED, serve, name="declaration_file"),
]
