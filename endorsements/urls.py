"""Addresses in mails, each with a secret, and the public check of what was handed over."""

from django.urls import path

from .views import links

urlpatterns = [
    path("endorsements/confirm/<str:token>/", links.confirm, name="endorsement_confirm"),
    path("endorsements/not-me/<str:token>/", links.disown, name="endorsement_disown"),
    path("endorsements/manage/<str:token>/", links.manage, name="endorsement_manage"),
    path("endorsements/second/<str:token>/", links.second, name="endorsement_second"),
    path("endorsements/renew/<str:token>/", links.renew, name="endorsement_renew"),
    path("endorsements/updates/<str:token>/", links.updates, name="endorsement_updates"),
    path("endorsements/link/", links.ask_for_link, name="endorsement_link"),
    path("declarations/<str:token>/", links.circulating, name="declaration_circulating"),
    path("declarations/<str:token>/endorse/", links.circulating_endorse, name="declaration_circulating_endorse"),
]
