"""What the members add to the admin."""

from wagtail.snippets.models import register_snippet

from .viewsets import Coalition

register_snippet(Coalition)
