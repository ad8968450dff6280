"""Production settings, read from the environment. `.env.example` lists every variable; all missing ones are reported together."""

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import CACHES, STORAGES, env

_problems: list[str] = []


def _required(name: str, hint: str, read: Any = env.str) -> Any:
    """Return the variable's value, or "" after noting that it is missing or unusable."""
    try:
        value = read(name)
    except Exception:  # environ raises several types, all meaning "unusable"
        value = ""
    if not value:
        _problems.append(f"{name}: {hint}")
    return value


def _number(name: str, default: int, *, most: int) -> int:
    """Return the variable's value, a whole number from 1 to `most`; the default after noting that it is something else."""
    value = env.str(name, default=str(default)).strip()
    if value.isascii() and value.isdecimal() and len(value) < 10 and 1 <= int(value) <= most:
        return int(value)
    _problems.append(f"{name}: a whole number from 1 to {most}, such as {default}")
    return default


# Nobody but the site's user and group reads its database, uploads and logs. A stricter umask stays.
os.umask(os.umask(0o777) | 0o027)

DEBUG = False
SECRET_KEY = _required("SECRET_KEY", "at least 50 random characters")
if SECRET_KEY and len(SECRET_KEY) < 50:
    _problems.append("SECRET_KEY: shorter than 50 characters")
ALLOWED_HOSTS = _required("ALLOWED_HOSTS", "the site's host names, separated by commas", env.list)
WAGTAILADMIN_BASE_URL = _required("SITE_URL", "the public URL, such as https://example.org").rstrip("/")
if WAGTAILADMIN_BASE_URL and not WAGTAILADMIN_BASE_URL.startswith("https://"):
    _problems.append("SITE_URL: must start with https://")
_mail = _required("EMAIL_URL", "the mail server, such as smtp+tls://user:password@host:587", env.email_url) or {}
vars().update({name: value for name, value in _mail.items() if name != "EMAIL_BACKEND"})
OUTBOX_TRANSPORT = _mail.get("EMAIL_BACKEND", "")
DEFAULT_FROM_EMAIL = _required("DEFAULT_FROM_EMAIL", "the sender of every email, such as Name <post@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
ADMINS = [(address, address) for address in env.list("ADMIN_EMAILS", default=[])]
ENDORSEMENTS_PER_HOUR = _number("ENDORSEMENTS_PER_HOUR", 1000, most=100_000)

if _problems:
    raise ImproperlyConfigured(
        "The site cannot start until these environment variables are set (see .env.example):\n  - " + "\n  - ".join(_problems)
    )

REQUIRE_TWO_FACTOR = env.bool("REQUIRE_TWO_FACTOR", default=True)
CSRF_TRUSTED_ORIGINS = [WAGTAILADMIN_BASE_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
if env.bool("BEHIND_PROXY", default=True):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Rate limits count visitors, not proxies.
    PROXY_COUNT = env.int("PROXY_COUNT", default=1)
    FORWARDED_ALLOW_IPS = env.list("FORWARDED_ALLOW_IPS", default=["127.0.0.1", "::1"])

STORAGES["staticfiles"] = {"BACKEND": "core.web.staticfiles.FlatteningManifestStorage"}
if _bucket := env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "core.web.bucket.BucketStorage",
        "OPTIONS": {
            "bucket_name": _bucket,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
            "region_name": env.str("S3_REGION", default="") or None,
            "access_key": env.str("AWS_ACCESS_KEY_ID", default="") or None,
            "secret_key": env.str("AWS_SECRET_ACCESS_KEY", default="") or None,
            "file_overwrite": False,
        },
    }
if _redis := env.str("REDIS_URL", default=""):
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _redis}
