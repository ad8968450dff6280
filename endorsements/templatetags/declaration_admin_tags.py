"""Template tags for the admin."""

from typing import Any

from django import template

from endorsements.declarations import deletion_guard
from endorsements.declarations.admin_status import Status, status_of
from endorsements.models import DeclarationPage, Endorsement
from endorsements.moderation.admin import selection
from endorsements.responses.admin_opening import asking_status

register = template.Library()


@register.simple_tag(takes_context=True)
def sign_on_status(context: dict[str, Any], page: Any) -> Status | None:
    """The status of a declaration's sign-on; None for other pages."""
    user = context["request"].user
    status = status_of(page, user) if isinstance(page, DeclarationPage) else None
    if status is not None:
        stored = DeclarationPage.for_reading().get(pk=page.pk)
        sentences, buttons = asking_status(stored, user)
        status.sentences.extend(sentences)
        status.buttons.extend(buttons)
    return status


@register.filter
def what_unpublishing_means(page: Any) -> str:
    """What unpublishing this page means for those who signed it."""
    return deletion_guard.what_unpublishing_means(page)


@register.filter
def short_state(endorsement: Endorsement) -> str:
    """The state of an endorsement in few words."""
    return selection.short_state(endorsement)
