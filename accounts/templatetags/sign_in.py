"""For the sign-in pages, which must open even when the site's content cannot be read."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def site_name() -> str:
    """The name in the admin and in authenticator apps."""
    return settings.WAGTAIL_SITE_NAME
