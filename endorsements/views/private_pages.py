"""The private pages of this room (`cms.private_pages` says what they have in common)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from cms import private_pages
from cms.private_pages import posted, private
from cms.public_pages import addresses

__all__ = ["posted", "privacy_url", "private", "show"]


def show(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of `templates/endorsements/`."""
    return private_pages.show(request, f"endorsements/{template}", context, status=status)


def privacy_url() -> str:
    """The site's page on privacy; '' while there is none."""
    return "/privacy/" if "/privacy/" in addresses().values() else ""
