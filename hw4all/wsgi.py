"""The WSGI entry point. It fails closed: without a word from the environment it runs with production settings."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hw4all.settings.production")

application = get_wsgi_application()
