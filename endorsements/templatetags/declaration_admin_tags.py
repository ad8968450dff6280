"""For the pages of the secretariat."""

from typing import Any

from django import template

from .. import keeping
from ..admin_views import seen
from ..models import DeclarationPage, Endorsement
from ..sign_on_status import Status, status_of

register = template.Library()


@register.simple_tag(takes_context=True)
def sign_on_status(context: dict[str, Any], page: Any) -> Status | None:
    """Where the sign-on of the page as just saved stands; None for a page that has none."""
    return status_of(page, context["request"].user) if isinstance(page, DeclarationPage) else None


@register.filter
def what_unpublishing_means(page: Any) -> str:
    """What taking this page off the site means for those who signed it."""
    return keeping.what_unpublishing_means(page)


@register.filter
def short_state(endorsement: Endorsement) -> str:
    """The state of an endorsement in few words."""
    return seen.short_state(endorsement)
