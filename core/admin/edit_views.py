"""Editing views of the admin that overwrite nobody's change: see `core.admin.edit_conflicts`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django import forms
from django.db import models, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.log_actions import registry
from wagtail.snippets.views import snippets

from .audit import ago
from .edit_conflicts import Change, Merged, Shown, merge, read_signed, what_is_shown

FIELD = "edit_snapshot"
View = TypeVar("View", bound=type)


class SnapshotField(forms.CharField):
    """What the form shows, signed. A page shown again carries what is stored by then, not what was sent."""

    def __init__(self, shown: Shown) -> None:
        super().__init__(required=False, widget=forms.HiddenInput({"autocomplete": "off"}), initial=shown.signed())

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class EditConflictMixin:
    """For Wagtail's generic `EditView`. The page carries what its form showed; saving merges it with what others saved meanwhile.

    A field that both changed refuses the save. The row is locked while it is compared and saved. A form sent without what it showed is
    saved as sent.
    """

    merged: Merged | None = None
    request: HttpRequest
    object: Any

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with transaction.atomic():
            self._lock()
            self.object = self.get_object()  # type: ignore[attr-defined]
            shown = read_signed(request.POST.get(FIELD, ""))
            self._is_unreadable = shown is None and FIELD in request.POST
            if shown is not None:
                self.shown = shown
                self.merged = merge(shown, self._unbound_form(), request.POST, request.FILES)
            response: HttpResponseBase = super().post(request, *args, **kwargs)  # type: ignore[misc]
            return response

    def _lock(self) -> None:
        row = getattr(self, "object", None) or self.get_object()  # type: ignore[attr-defined]
        list(type(row)._base_manager.select_for_update().filter(pk=row.pk).values_list("pk"))

    def _unbound_form(self) -> Any:
        kwargs = super().get_form_kwargs()  # type: ignore[misc]
        for name in ("data", "files"):
            kwargs.pop(name, None)
        return self.get_form_class()(**kwargs)  # type: ignore[attr-defined]

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]
        if self.merged is not None:
            kwargs["data"] = self.merged.data
        return kwargs

    def get_form(self, form_class: Any = None) -> Any:
        if self.request.method == "POST":
            shown = what_is_shown(self._unbound_form(), at=timezone.now().timestamp())
        form = super().get_form(form_class)  # type: ignore[misc]
        if self.request.method != "POST":
            shown = what_is_shown(form, at=timezone.now().timestamp())
        if self.merged is not None:
            for name in self.merged.left_alone:
                form.fields[name].disabled = True
                shown.fields[name] = self.shown.fields[name]
        form.fields[FIELD] = SnapshotField(shown)
        return form

    def is_valid(self, form: Any) -> bool:
        valid: bool = super().is_valid(form)  # type: ignore[misc]
        for name in self.merged.left_alone if self.merged else ():
            form.fields[name].disabled = False
        if self._is_unreadable:
            text = _("Not saved: we cannot tell whether somebody changed this meanwhile. Check it and save again.")
        elif self.merged is not None and self.merged.conflicts:
            text = self._refusal(self.merged.conflicts)
            _mark(form, self.merged.conflicts)
        else:
            return valid
        self.produced_error_code, self.produced_error_message = "edit_conflict", text
        return False

    def _refusal(self, conflicts: list[Change]) -> str:
        return _("Not saved. %(who)s changed this meanwhile: %(changes)s. What you typed is still here: save again to replace that.") % {
            "who": self._who(),
            "changes": "; ".join(map(str, conflicts)),
        }

    def form_valid(self, form: Any) -> HttpResponseBase:
        others = self._who() if self.merged is not None and self.merged.kept else ""
        response: HttpResponseBase = super().form_valid(form)  # type: ignore[misc]
        if self.merged is not None and self.merged.kept:
            text = _("Saved together with what %(who)s changed meanwhile: %(changes)s.")
            messages.info(self.request, text % {"who": others, "changes": "; ".join(map(str, self.merged.kept))})
        return response

    @property
    def shown_at(self) -> datetime:
        """When the form that was sent was shown."""
        shown = read_signed(self.request.POST.get(FIELD, ""))
        return datetime.fromtimestamp(shown.at, tz=UTC) if shown else timezone.now()

    def _who(self) -> str:
        return changed_by(self.object, since=self.shown_at)


def _mark(form: Any, conflicts: list[Change]) -> None:
    for change in conflicts:
        if change.name in form.fields:
            form.add_error(change.name, _("Changed meanwhile. %(change)s. Save again to replace it with yours.") % {"change": change})
        else:
            form.add_error(None, _("Changed meanwhile. %(change)s.") % {"change": change})


def changed_by(row: models.Model, *, since: datetime) -> str:
    """Who changed a row since then and when, by the audit log: "Ann Other (2 minutes ago)". Without an account, what was logged."""
    entries = registry.get_logs_for_instance(row).filter(timestamp__gte=since).select_related("user").order_by("-timestamp")
    names: dict[str, str] = {}
    for entry in entries[:20]:
        names.setdefault(
            entry.user.get_full_name() or entry.user.get_username() if entry.user else str(entry.message), ago(entry.timestamp)
        )
    return ", ".join(f"{name} ({when})" for name, when in names.items()) or _("Somebody")


def without_conflicts(view: View) -> View:
    """The same editing view with `EditConflictMixin`."""
    return type(view.__name__, (EditConflictMixin, view), {"__module__": view.__module__})  # type: ignore[return-value]


class SnippetEditView(EditConflictMixin, snippets.EditView):
    """Editing a snippet."""


def guarded(view: Callable[..., Any]) -> bool:
    """Whether a view function is an editing view that detects conflicts."""
    return issubclass(getattr(view, "view_class", object), EditConflictMixin)
