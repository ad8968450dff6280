"""The site's own addresses in full: what feeds, search engines and shared links quote."""

from django.conf import settings


def absolute(path: str) -> str:
    """The address with scheme and host. One that has them already stays as it is.

    The host is the one of `SITE_URL`, never the one a request named: a page reached by another name still has one address.
    """
    return path if "://" in path else f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}/{path.lstrip('/')}"


def domain() -> str:
    """The host name in `SITE_URL`, as it is printed on a share card."""
    return settings.WAGTAILADMIN_BASE_URL.partition("://")[2].partition("/")[0].partition(":")[0]
