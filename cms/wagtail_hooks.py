"""What the admin shows and does beyond Wagtail's own."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail import hooks
from wagtail.models import Page

from .admin_views import CommentView
from .page_permissions import may_only_comment


@hooks.register("before_edit_page")
def open_for_comments_only(request: HttpRequest, page: Page) -> HttpResponseBase | None:
    """Those who read and comment get their own editor, whichever address opened it (a revision to revert to included)."""
    return CommentView.as_view()(request, page.pk) if may_only_comment(request.user, page) else None
