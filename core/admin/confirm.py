"""Confirm, then act: one page that says what will happen, with one button. Nothing happens by opening it.

A subclass declares its title, what it says, its form, who may act and the action, which is a function of a workflow.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from core.mail.message import preview_of
from core.mail.suppression import is_suppressed
from core.transitions import NotPossible, TransitionNotAllowed

from .audit import ago, history, last_transition
from .views import AdminView


class ConfirmView(AdminView):
    """Asks once, then acts.

    The form carries what the page showed. If that has changed by then, nothing is done, and the page comes again with what was typed.
    If a colleague was faster, it says what they did. With an email that the form words, two steps: the form, then the email as it will
    be; only the second acts.
    """

    template_name = "core/admin/confirm.html"
    queryset: QuerySet[Any] | None = None
    states: Collection[str] = ()
    button: str | Promise = ""
    is_destructive = False
    success_message: str | Promise = ""
    changed_message: str | Promise = gettext_lazy(
        "Nothing was done: a colleague changed something while you were reading. This is how it stands now."
    )
    form_class: type[forms.Form] | None = None
    shows_email = False
    # Whether it edits a value that colleagues may edit too: then nobody else saves between the look at `shown` and the action.
    is_edit = False

    # What a subclass declares

    def get_object(self) -> Any:
        """What the action is about; None where it is about no single row."""
        return get_object_or_404(self.queryset, pk=self.kwargs["pk"]) if self.queryset is not None else None

    def get_back_url(self) -> str:
        """Where the page of the object is."""
        raise NotImplementedError

    @property
    def object_name(self) -> str:
        return str(self.object)

    def is_possible(self) -> bool:
        """Whether the object is in a state from which this can be done. If not, there is no page, only a message."""
        return not self.states or self.object.state in self.states

    @property
    def shown(self) -> str:
        """What the decision rests on, carried by the form: the state, and after a colon what else may change."""
        return str(getattr(self.object, "state", ""))

    def question(self) -> str:
        return f"{self.get_page_title()}: {self.object_name}"

    def consequences(self) -> Iterable[str]:
        """What will happen, in sentences."""
        return ()

    def why_not(self) -> list[str]:
        """What has to be settled first, in sentences. While there is any, there is no button."""
        return []

    def get_button(self) -> str | Promise:
        return self.button

    def make_form(self, data: Any) -> Any:
        return self.form_class(data) if self.form_class else None

    def email(self) -> EmailMultiAlternatives | None:
        """The email as it would be; None when none is sent. Raises NotPossible."""
        return None

    def choices_made(self) -> list[tuple[str, str]]:
        """Labels and values of what was chosen, read once more beside the email."""
        return []

    def act(self) -> Any:
        """Do it. False when it was done before, or nothing was left to do. Raises TransitionNotAllowed or NotPossible."""
        raise NotImplementedError

    # How it goes

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = self.get_object()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.user_has_permission(self.permission_required) and not self.is_possible():
            return self.tell_too_late()
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def form(self) -> Any:
        return self.make_form(self.request.POST if self.request.method == "POST" else None)

    @property
    def answers(self) -> dict[str, Any]:
        """What the form says, once it is valid."""
        cleaned: dict[str, Any] = self.form.cleaned_data
        return cleaned

    @property
    def email_first(self) -> bool:
        """Whether the email is read in a step of its own."""
        return self.shows_email and self.form is not None

    @property
    def back_url(self) -> str:
        """Where the person came from, if it is a page of ours and the address says so; else the page of the object."""
        return str(get_valid_next_url_from_request(self.request) or self.get_back_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_edit:
            return self._post(request)
        with transaction.atomic():
            list(type(self.object)._base_manager.select_for_update().filter(pk=self.object.pk).values_list("pk"))
            self.object.refresh_from_db()
            return self._post(request)

    def _post(self, request: HttpRequest) -> HttpResponseBase:
        if request.POST.get("shown", "") != self.shown:
            messages.warning(request, self.what_changed(request.POST.get("shown", "")))
        elif not self.why_not() and (self.form is None or self.form.is_valid()):
            if not self.email_first or request.POST.get("step") == "do":
                return self.confirm()
            if request.POST.get("step") == "read":
                return self.read_email()
        return self.render_to_response(self.get_context_data())

    def read_email(self) -> HttpResponseBase:
        try:
            context = self.email_context() | {"is_reading": True, "choices_made": self.choices_made()}
        except NotPossible as reason:
            messages.error(self.request, str(reason))
            context = {}
        return self.render_to_response(self.get_context_data(**context))

    def confirm(self) -> HttpResponseBase:
        try:
            result = self.act()
        except TransitionNotAllowed:
            result = False
        except NotPossible as reason:
            messages.error(self.request, str(reason))
            self._read_object_again()  # what was changed is back where it was
            return self.render_to_response(self.get_context_data())
        self._read_object_again()
        return self.succeed(result) if result else self.tell_too_late()

    def _read_object_again(self) -> None:
        if self.object is not None:
            self.object.refresh_from_db()

    def succeed(self, result: Any) -> HttpResponseBase:
        messages.success(self.request, self.get_success_message(result))
        return redirect(self.back_url)

    def get_success_message(self, result: Any) -> str:
        return str(self.success_message) % {"name": self.object_name}

    def tell_too_late(self) -> HttpResponseBase:
        """Back to the object; or, after something was typed, to this page without its button, so that it can be copied."""
        messages.warning(self.request, self.too_late())
        if self.request.method == "POST" and self.form is not None:
            return self.render_to_response(self.get_context_data(why_not=[self.too_late()]))
        return redirect(self.back_url)

    def what_changed(self, shown: str) -> str:
        """Why nothing was done, when the page `shown` is not what it was: who changed its state, if that is what changed."""
        if self.states and shown.partition(":")[0] != self.object.state:
            return self.too_late()
        return f"{self.changed_message} {self.who_changed()}".strip()

    def who_changed(self) -> str:
        """Who changed it last and when, for an edit: "Promised another day (Ann Other, 2 minutes ago)."."""
        if not self.is_edit:
            return ""
        last = next(iter(history(self.object)), None)
        if last is None:
            return ""
        details = ", ".join(filter(None, (last["who"], ago(last["entry"].timestamp))))
        return f"{last['entry'].message} ({details})."

    def too_late(self) -> str:
        last = last_transition(self.object) or self.object.get_state_display()
        return _("Nothing was done. %(name)s: %(last)s.") % {"name": self.object_name, "last": last}

    # What the page shows

    def hidden_fields(self) -> dict[str, str]:
        came_from = get_valid_next_url_from_request(self.request)
        return {"shown": self.shown, **({"next": str(came_from)} if came_from else {})}

    def email_context(self) -> dict[str, Any]:
        """`is_refused`: the owner of the address has said that they want no emails, so it will not be written."""
        email = self.email()
        if email is None:
            return {"email": None}
        return {
            "email": email,
            "preview": preview_of(email),
            "recipients": self.recipients(email),
            "is_refused": is_suppressed(email.to[0]),
        }

    def recipients(self, email: EmailMultiAlternatives) -> str:
        return _("To %(address)s.") % {"address": email.to[0]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        why_not = kwargs.pop("why_not", None) or self.why_not()
        context = {
            "object": self.object,
            "question": self.question(),
            "consequences": list(self.consequences()),
            "why_not": why_not,
            "form": self.form,
            "button": self.get_button(),
            "is_destructive": self.is_destructive,
            "hidden_fields": self.hidden_fields(),
            "shown": self.shown,
            "back_url": self.back_url,
            "email_first": self.email_first,
        }
        if self.shows_email and self.form is None and not why_not:
            context |= self.email_context()
        return super().get_context_data(**{**context, **kwargs})
