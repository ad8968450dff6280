"""The site's own URLs with scheme and host, for feeds, emails, search engines and shared links."""

from django.conf import settings
from django.utils.encoding import iri_to_uri


def absolute(path: str) -> str:
    """The URL with scheme and host, unless it has them already; other letters than ASCII are percent-encoded (RFC 3987, 3.1).

    The host is that of `SITE_URL`, never the host of a request: a page reached under another name still has one URL.
    """
    return iri_to_uri(path if "://" in path else f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}/{path.lstrip('/')}")


def domain() -> str:
    """The host name in `SITE_URL`, as it is printed on a share card."""
    return settings.WAGTAILADMIN_BASE_URL.partition("://")[2].partition("/")[0].partition(":")[0]
