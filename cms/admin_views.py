"""The page editor for users who may only comment (cms/page_permissions.py), and the handbook."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markdown_it import MarkdownIt
from wagtail.admin.action_menu import ActionMenuItem, PageActionMenu
from wagtail.admin.views.pages.edit import EditView


class SaveCommentsItem(ActionMenuItem):
    name = "action-save-comments"
    label = gettext_lazy("Save my comments")
    icon_name = "comment-add"


class CommentsMenu(PageActionMenu):
    """A single button, whatever the state of the page."""

    def __init__(self, request: HttpRequest, **context: Any):
        super().__init__(request, **context)
        self.default_item, self.menu_items = SaveCommentsItem(), []


class CommentView(EditView):
    """Wagtail's editor for the latest draft, which saves the comments and nothing else.

    The page's own form is never validated or saved, so nothing in it can reach the page, a revision or a workflow.
    """

    def run_hook(self, *_args: Any, **_kwargs: Any) -> None:
        """Run no hooks: the `before_edit_page` hook called this view."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.lock, self.locked_for_user, self.autosave_enabled = None, False, False
        messages.info(
            request, _("You read and comment. Hover over a field and choose the speech bubble; the text itself cannot be changed here.")
        )
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.autosave_enabled = False
        self.form = self.form_class(
            request.POST, instance=self.page, subscription=self.subscription, parent_page=self.parent, for_user=request.user
        )
        comments = self.form.formsets["comments"]
        if self.page.alias_of_id or not comments.management_form.is_valid() or not comments.is_valid():
            return self._refuse()
        with transaction.atomic():
            # Saved one by one, because committing the whole relation would delete resolved comments.
            for comment in comments.save(commit=False):
                comment.page = self.page
                comment.save()
            for comment in comments.deleted_objects:
                comment.delete()
            self.subscription.comment_notifications = bool(request.POST.get("comment_notifications"))
            self.subscription.save()
            changes = self.get_commenting_changes()
            self.log_commenting_changes(changes, self.latest_revision)
        self.send_commenting_notifications(changes)
        messages.success(request, _("Your comments are saved."))
        return self.redirect_and_remain()

    def _refuse(self) -> HttpResponse:
        text = _("The comments could not be saved. Somebody may have answered or removed one meanwhile: reload the page and try again.")
        if self.expects_json_response:
            return self.json_error_response("validation_error", text)
        messages.error(self.request, text)
        return self.redirect_and_remain()

    def get_action_menu(self) -> CommentsMenu:
        return CommentsMenu(self.request, view="edit", page=self.page, lock=None, locked_for_user=False)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["media"] += forms.Media(js=["admin/comments-only.js"], css={"all": ["admin/comments-only.css"]})
        return context


def handbook(request: HttpRequest) -> HttpResponse:
    """`docs/editors.md` as a page of the admin. 404 if the docs are not installed."""
    file = settings.BASE_DIR / "docs" / "editors.md"
    if not file.exists():
        raise Http404(_("The handbook was not installed with this site."))
    html = mark_safe(MarkdownIt().render(file.read_text()))
    return TemplateResponse(request, "cms/admin/handbook.html", {"html": html, "page_title": _("Handbook")})
