"""The one view of `benchmarks.bare.django_application`."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.bare import BODY


def view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY, headers={"Content-Length": str(len(BODY))})


urlpatterns = [path("", view)]
