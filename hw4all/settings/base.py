"""Settings shared by every environment. Contains no secrets; production.py reads them from the environment."""

from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import environ
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

INSTALLED_APPS = [
    "accounts",
    "core",
    "cms",
    "members",
    "news",
    "endorsements",
    "privacy",
    "pages",
    "demo",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.apps.UsersConfig",  # wagtail.users
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_countries",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.csp.PathPolicyMiddleware",
    "core.web.bad_requests.BadRequestMiddleware",
    "core.web.page_cache.PublicPageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.two_factor.RequireTwoFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cms.mended_urls.MendedUrlMiddleware",
    "core.web.redirects.RedirectMiddleware",
]

ROOT_URLCONF = "hw4all.urls"
WSGI_APPLICATION = "hw4all.wsgi.application"

# The project's own templates first, then those of packages, which they override.
TEMPLATE_LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cms.site_context.site_context",
            ],
            "loaders": [("core.web.template_whitespace.Loader", TEMPLATE_LOADERS)],
        },
    },
]

# SQLite has no row locks. WAL keeps a writer from blocking readers; IMMEDIATE makes writers queue instead of failing midway.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
# The default is not a URL, because the folder's name may contain characters that are special in one.
_sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "db.sqlite3")}
_database: dict[str, Any] = {**(env.db("DATABASE_URL") if env.str("DATABASE_URL", default="") else _sqlite)}
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = SQLITE_OPTIONS
else:
    _database["CONN_HEALTH_CHECKS"] = True
    # A connection for each thread of a web process (gunicorn.conf.py), one for the thread that sends emails, and one to spare: with fewer,
    # a request would wait for another's. Options from the URL, such as `?sslmode=require`, are kept.
    # While the server is away, the pool tries again after 1, 2, 4, 8… seconds, for 5 minutes if not told otherwise: the site would be away
    # for as long again. A pool that gives up after 5 seconds tries at once for the next request.
    _connections = env.int("WEB_THREADS", default=8) + 2
    _database.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": _connections, "timeout": 10, "reconnect_timeout": 5}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
CSRF_FAILURE_VIEW = "pages.error_views.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
# Kosovo has a code for users of ISO 3166, but no official one.
COUNTRIES_OVERRIDE = {"XK": {"name": "Kosovo", "alpha3": "XKX"}}
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm", "reset_password": "accounts.forms.ForgottenPasswordForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # typing a stranger's address sends them no email
ACCOUNT_RATE_LIMITS = {"reset_password": "20/m/ip"}  # what an address has had is limited by the outbox, and told to nobody
ACCOUNT_EMAIL_NOTIFICATIONS = True  # users are told when their password or second factor changes
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = env.str("WAGTAIL_SITE_NAME", default="HW4All")
REQUIRE_TWO_FACTOR = env.bool("REQUIRE_TWO_FACTOR", default=False)

# Every email goes into the outbox, which sends it through the backend OUTBOX_TRANSPORT.
EMAIL_BACKEND = "core.mail.backend.OutboxBackend"
EMAIL_TIMEOUT = 10  # for each response of the mail server
OUTBOX_TRANSPORT = "django.core.mail.backends.console.EmailBackend"
OUTBOX_PROMPT = True  # a thread sends at once; with False, only run_due sends
OUTBOX_LEASE_SECONDS = 300  # longer than the longest SMTP session
OUTBOX_TRIES = 40
OUTBOX_GIVE_UP_DAYS = 3
OUTBOX_KEEP_TEXT_DAYS = 30
OUTBOX_KEEP_ROWS_DAYS = 400
# How many endorsements an hour the whole site takes before it holds further ones for the secretariat, and tells it.
ENDORSEMENTS_PER_HOUR = 1000
# How many of our proxies append to X-Forwarded-For (core/web/client_address.py).
PROXY_COUNT = 0
# The addresses and networks of our proxies; from others, X-Forwarded-For is not believed.
FORWARDED_ALLOW_IPS: list[str] = []

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False  # Wagtail's editor reads the token from the cookie
X_FRAME_OPTIONS = "SAMEORIGIN"  # the editor shows previews in a frame
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [SELF],
        # A recording is embedded only after a reader asks for it.
        "frame-src": ["https://www.youtube-nocookie.com", "https://player.vimeo.com"],
    }
}
# Wagtail's editor needs inline scripts and styles, so the admin has a policy of its own.
ADMIN_CSP_UPDATE = {
    "script-src": [UNSAFE_INLINE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["blob:"],
    "frame-src": [SELF],
    "connect-src": ["blob:"],
}
ADMIN_CSP_PATHS = ("/admin/",)

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Amsterdam")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# Files that are made once for each version of their content (core/web/made_files.py). They can be deleted at any time.
MADE_FILES_DIR = VAR_DIR / "made"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
_IN_PROCESS = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    "default": {"BACKEND": _IN_PROCESS},
    "pages": {"BACKEND": _IN_PROCESS, "LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 500}},
    "parts": {"BACKEND": "core.web.memory.VersionMemory", "LOCATION": "parts"},
}
# Finished public pages (core/web/page_cache): how much memory of each process they may take, and the folder with the last good copies.
PAGE_CACHE_MB = env.int("PAGE_CACHE_MB", default=32)
PAGE_COPIES = VAR_DIR / "pages"
# How many seconds a proxy may serve a public page without checking it; with 0, pages are up to date as soon as they are published.
PUBLIC_PROXY_SECONDS = env.int("PUBLIC_PROXY_SECONDS", default=0)
# With False, robots.txt excludes the whole site; for test copies.
SEARCH_ENGINES_WELCOME = env.bool("SEARCH_ENGINES_WELCOME", default=True)
# Where to report security problems: an email address or URL, by default the site's contact address (/.well-known/security.txt).
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's page editor posts many fields
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750

WAGTAIL_SITE_NAME = env.str("WAGTAIL_SITE_NAME", default="HW4All")
WAGTAILADMIN_BASE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/admin/login/"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False  # allauth changes passwords
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_I18N_ENABLED = False
WAGTAIL_USER_TIME_ZONES = sorted(zone for zone in available_timezones() if "/" in zone)  # only names that browsers know too
WAGTAILIMAGES_IMAGE_MODEL = "cms.SiteImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.upload_forms.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "heif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 12 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILIMAGES_JPEG_QUALITY = 78
WAGTAILIMAGES_WEBP_QUALITY = 74
WAGTAILDOCS_DOCUMENT_MODEL = "cms.SiteDocument"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.upload_forms.DocumentForm"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "ods", "pdf", "pptx", "txt", "xlsx"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES = []  # always download, so that no uploaded file runs on our origin
# The index contains folded and stemmed words (core/search_words.py), which PostgreSQL must not stem again.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "cms.search_backend", "SEARCH_CONFIG": "simple"}}
TAGGIT_CASE_INSENSITIVE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR"},  # do not log every 404
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},  # nor probes for other hosts
    },
}
