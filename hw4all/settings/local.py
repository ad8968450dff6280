"""Settings for trying and developing on your own machine: a generated secret, email on the console, data in var/."""

import secrets

from .base import *  # noqa: F403
from .base import MEDIA_ROOT, VAR_DIR, env

VAR_DIR.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT.mkdir(parents=True, exist_ok=True)


def _local_secret() -> str:
    """Return the secret of this checkout, creating it once, so that a restart does not sign users out."""
    file = VAR_DIR / "secret_key"
    if not file.exists():
        file.write_text(secrets.token_urlsafe(50))
        file.chmod(0o600)
    return file.read_text()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = _local_secret()
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *env.list("ALLOWED_HOSTS", default=[])]
DEFAULT_FROM_EMAIL = "HW4All <site@localhost>"
# Static files are served from their sources without collecting or compressing, so edits show at once.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
