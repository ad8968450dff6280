"""The WSGI entry point: the page cache in front of Django. Uses production settings unless the environment names others."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hw4all.settings.production")

django_application = get_wsgi_application()

from core.web.page_cache import PageCacheLayer  # noqa: E402 — its models are loaded by the line above

application = PageCacheLayer(django_application)
