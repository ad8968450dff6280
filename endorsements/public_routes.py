"""The addresses under a declaration's own: the form, the list, the files, the versions. Each leads to a view of `endorsements.views`."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.contrib.routable_page.models import path


class PublicRoutes:
    """Mixed into DeclarationPage. A POST without a session changes nothing in anybody's name, so the form needs no cookie against
    forged requests (docs/decisions/0013)."""

    @path("")
    def text(self, request: HttpRequest) -> HttpResponseBase:
        return self.render(request)

    @path("endorse/", name="endorse")
    def endorse(self, request: HttpRequest) -> HttpResponseBase:
        from .views.endorsing import endorse

        return endorse(request, self)
