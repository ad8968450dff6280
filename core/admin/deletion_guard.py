"""What the admin does not delete, and why: refused in words, one by one or many at once. The database refuses it as well (PROTECT)."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.models import Page

# For a model a function that says, in a sentence, why a row of it stays; '' for one that may go. It is called in the transaction that
# deletes.
REASONS: dict[type[Model], Callable[[Any], str]] = {}


def register(model: type[Model], why_not_deleted: Callable[[Any], str]) -> None:
    REASONS[model] = why_not_deleted


def reasons_against(rows: Iterable[Any]) -> list[str]:
    found = (reason(row) for row in rows for model, reason in REASONS.items() if isinstance(row, model))
    return [reason for reason in found if reason]


def before_delete_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refuse(request, reasons_against([page]), to=lambda: redirect("wagtailadmin_explore", page.get_parent().pk))


def before_delete_snippet(request: HttpRequest, instances: Iterable[Any]) -> HttpResponse | None:
    rows = list(instances)

    def back() -> HttpResponse:
        return redirect(get_valid_next_url_from_request(request) or AdminURLFinder(request.user).get_edit_url(rows[0]))

    return _refuse(request, reasons_against(rows), to=back)


def before_bulk_action(request: HttpRequest, action_type: str, objects: Any, action: Any) -> HttpResponse | None:
    reasons = reasons_against(objects) if action_type == "delete" else []
    return _refuse(request, [_("Nothing was deleted."), *reasons] if reasons else [], to=lambda: redirect(action.next_url))


def _refuse(request: HttpRequest, reasons: list[str], *, to: Callable[[], HttpResponse]) -> HttpResponse | None:
    if not reasons:
        return None
    messages.error(request, " ".join(reasons))
    return to()
