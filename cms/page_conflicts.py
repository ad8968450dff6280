"""Saving a page that somebody else saved meanwhile: refused once, with what they changed. Wagtail refuses only automatic saving."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _
from wagtail.admin.views.pages.edit import EditView
from wagtail.models import Page, Revision

from core.admin.audit import ago

_IS_GUARDED = "page_save_is_guarded"


def save_one_after_the_other(request: HttpRequest, page: Page) -> HttpResponseBase | None:
    """For the hook `before_edit_page`: handle a save with `PageConflictView`, while no other save of the page runs."""
    if request.method != "POST" or getattr(request, _IS_GUARDED, False):
        return None
    setattr(request, _IS_GUARDED, True)
    with transaction.atomic():
        list(Page.objects.select_for_update().filter(pk=page.pk).values_list("pk"))
        return PageConflictView.as_view()(request, page.pk)


class PageConflictView(EditView):
    """Wagtail's page editor. A save over a revision that its page did not show is refused; sent again, it is saved."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        theirs = None if self.expects_json_response or self.page.alias_of_id or self.locked_for_user else self._saved_meanwhile()
        if theirs is None:
            return super().post(request, *args, **kwargs)
        self.autosave_enabled = False
        shown = self.page.revisions.filter(pk=_number(request.POST.get("loaded_revision_id"))).first()
        messages.warning(request, self._refusal(theirs, shown))
        self.form = self.form_class(
            request.POST,
            request.FILES,
            instance=self.page,
            subscription=self.subscription,
            parent_page=self.parent,
            for_user=request.user,
        )
        self.form.defer_required_fields()
        self.form.is_valid()
        return self.render_to_response(self.get_context_data())

    def _saved_meanwhile(self) -> Revision | None:
        """The newest revision by somebody else, if it is newer than what the editor loaded. Their own come from automatic saving."""
        loaded_at = _time(self.request.POST.get("loaded_revision_created_at", ""))
        if loaded_at is None or not self.is_out_of_date:
            return None
        others = self.page.revisions.filter(created_at__gt=loaded_at).exclude(user=self.request.user)
        return others.order_by("-created_at").first()

    def _refusal(self, theirs: Revision, shown: Revision | None) -> str:
        text = format_html(
            _("Not saved. {who} saved this page {when}. Your text is still here. Save again to replace theirs; the history keeps both."),
            who=theirs.user.get_full_name() if theirs.user else _("Somebody"),
            when=ago(theirs.created_at),
        )
        if shown is None or shown.pk == theirs.pk:
            return text
        changed = ", ".join(self._changed_fields(shown, theirs))
        link = reverse("wagtailadmin_pages:revisions_compare", args=(self.page.pk, shown.pk, theirs.pk))
        return format_html('{} {} <a href="{}" target="_blank">{}</a>', text, changed, link, _("See what changed"))

    def _changed_fields(self, shown: Revision, theirs: Revision) -> list[str]:
        """The labels of the fields that differ between two revisions."""
        panel = self.edit_handler.get_bound_panel(instance=self.page, request=self.request, form=None)
        before, after = shown.as_object(), theirs.as_object()
        comparisons = (compare(before, after) for compare in panel.get_comparison())
        return [str(one.field_label()) for one in comparisons if one.has_changed()]


def _time(text: str) -> datetime | None:
    """The time in ISO 8601 with its zone; None for anything else."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if is_naive(time) else time


def _number(text: Any) -> int:
    return int(text) if text and str(text).isascii() and str(text).isdecimal() and len(str(text)) < 18 else 0
