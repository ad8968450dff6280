"""Settings for the test suite: like production where it matters, fast where it does not."""

import os

from .base import *  # noqa: F403
from .base import VAR_DIR

DEBUG = False
SECRET_KEY = "only for tests"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
WAGTAILADMIN_BASE_URL = "http://testserver"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Django replaces EMAIL_BACKEND with locmem while tests run; tests of the outbox set the real one.
OUTBOX_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
OUTBOX_PROMPT = False
MEDIA_ROOT = VAR_DIR / "test" / "media"
MADE_FILES_DIR = VAR_DIR / "test" / "made" / str(os.getpid())
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
PAGE_COPIES = VAR_DIR / "test" / "pages"
