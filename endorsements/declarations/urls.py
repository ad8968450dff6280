"""The addresses below a declaration's own.

The forms need no CSRF token, because there is no session whose rights a forged request could use (docs/decisions/0013). Wagtail's routing
adds a slash to the address of a file, so files answer with and without it.
"""

from typing import Any

from django.urls import URLPattern, path

from endorsements.signatories import views as signatories
from endorsements.signing.views import form

from . import views


def _file(route: str, view: Any, name: str) -> list[URLPattern]:
    return [path(route, view, name=name), path(f"{route}/", view, name=name)]


urlpatterns = [
    path("", views.declaration, name="declaration"),
    path("endorse/", form.endorse, name="endorse"),
    path("endorse/check-mail/", form.check_mail, name="check_mail"),
    path("endorse/held/", form.held, name="held"),
    path("signatories/", signatories.signatories, name="signatories"),
    path("signatories/all/", signatories.all_signatories, name="all_signatories"),
    *_file("signatories.csv", signatories.signatories_csv, "signatories_csv"),
    *_file("signatories.json", signatories.signatories_json, "signatories_json"),
    *_file("count.json", signatories.count_json, "count_json"),
    *_file("badge.svg", signatories.badge, "badge"),
    path("snippet/", signatories.snippet, name="snippet"),
    path("versions/", views.versions, name="versions"),
    path("versions/<int:number>.<int:correction>/", views.version, name="version"),
    *_file("versions/<int:number>.<int:correction>.txt", views.version_text, "version_text"),
]
