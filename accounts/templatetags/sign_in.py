"""Tags for the sign-in pages, which must work even if the site's content cannot be read."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def site_name() -> str:
    """Return the site's name as the admin and authenticator apps show it."""
    return settings.WAGTAIL_SITE_NAME
