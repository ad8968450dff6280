"""The root URL configuration. Whatever no app claims belongs to Wagtail's page tree."""

from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.documents.views.serve import serve as serve_document

from cms.routing import serve
from core.mail.views import not_me
from core.web.health import healthz
from core.web.media import media
from core.web.page_cache import public_page

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("not-me/<str:token>/", not_me, name="not_me"),
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/account/", include("accounts.urls")),
    path("admin/", include(wagtailadmin_urls)),
    re_path(r"^documents/(\d+)/(.*)$", public_page(serve_document), name="wagtaildocs_serve"),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("cms.urls")),
    path("", include("members.urls")),
    path("", include("news.urls")),
    path("", include("endorsements.urls")),
    path("", include("pages.urls")),
    re_path(r"^media/(?P<path>.*)$", media),
    # Wagtail's own sign-in knows no second factor.
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True), name="wagtailcore_login"),
    *(pattern for pattern in wagtail_urls.urlpatterns if pattern.name not in ("wagtailcore_login", "wagtail_serve")),
    re_path(wagtail_urls.serve_pattern, serve, name="wagtail_serve"),
]

handler400 = "pages.error_views.bad_request"
handler403 = "pages.error_views.forbidden"
handler404 = "pages.error_views.not_found"
handler500 = "pages.error_views.server_error"
