"""What the pages of the coalition's desk share: who may open them, and the verb that asks once and then does."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from core.admin.audit import last_move
from core.mail.message import preview_of
from core.transitions import NotPossible, TransitionNotAllowed


def colleagues(permission: str) -> QuerySet[Any]:
    """Who may do it, by name: "members.change_application"."""
    return ModelBackend().with_perm(permission).order_by("name", "email")


class DeskPage(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page of those who may `change` what `permission_policy` is about; `above` names the listing it stands under."""

    permission_required = "change"
    above: tuple[str, str | Promise] = ("", "")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        name, label = self.above
        between = [{"url": reverse(name), "label": label}] if name else []
        return [*super().get_breadcrumbs_items(), *between, {"url": "", "label": self.get_page_title()}]


class Verb(DeskPage):
    """Asks once, saying what will happen, then does. Nothing happens by opening it.

    The form carries what was on the screen. If a colleague was faster, nothing is done, and whoever was slower is told by whom.
    """

    template_name = "members/review/admin/confirm.html"
    rows: Any
    comes_from: tuple[str, ...] = ()
    button: str | Promise = ""
    done: str | Promise = ""
    form_class: type[forms.Form] | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(self.rows, pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.user_has_permission(self.permission_required) and not self.fits():
            messages.warning(request, self.too_late())
            return redirect(self.back)
        return super().dispatch(request, *args, **kwargs)

    def fits(self) -> bool:
        return not self.comes_from or self.object.state in self.comes_from

    @property
    def back(self) -> str:
        raise NotImplementedError

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.object)

    @property
    def seen(self) -> str:
        """What the decision rests on."""
        return str(self.object.state)

    def too_late(self) -> str:
        told = last_move(self.object) or self.object.get_state_display()
        return _("Nothing was done. %(name)s: %(told)s.") % {"name": self.name, "told": told}

    def question(self) -> str:
        return f"{self.get_page_title()}: {self.name}"

    def consequences(self) -> Iterable[str]:
        """What will happen, in sentences."""
        return ()

    @cached_property
    def hindrances(self) -> list[str]:
        """Why the button is not there, in sentences."""
        return []

    @cached_property
    def form(self) -> Any:
        return self.make_form(self.request.POST if self.request.method == "POST" else None)

    @property
    def told(self) -> dict[str, Any]:
        """What the form says, once it is valid."""
        cleaned: dict[str, Any] = self.form.cleaned_data
        return cleaned

    def make_form(self, data: Any) -> forms.Form | None:
        return self.form_class(data) if self.form_class else None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.POST.get("seen") != self.seen:
            messages.warning(request, self.too_late())
            return redirect(request.path)
        if self.hindrances:
            return redirect(request.path)
        if self.form is not None and not self.form.is_valid():
            return self.render_to_response(self.get_context_data())
        return self.do()

    def do(self) -> HttpResponseBase:
        try:
            changed = self.move()
        except TransitionNotAllowed:
            changed = False
        except NotPossible as reason:
            messages.error(self.request, str(reason))
            self.object.refresh_from_db()  # what was moved is back where it was
            return self.render_to_response(self.get_context_data())
        self.object.refresh_from_db()
        if changed:
            messages.success(self.request, self.done % {"name": self.name})
        else:
            messages.warning(self.request, self.too_late())
        return redirect(self.back)

    def move(self) -> Any:
        """Do it. False when it was done before; raises TransitionNotAllowed or NotPossible."""
        raise NotImplementedError

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *above, here = super().get_breadcrumbs_items()
        return [*above, {"url": self.back, "label": self.name}, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ours = {
            "object": self.object,
            "question": self.question(),
            "consequences": list(self.consequences()),
            "hindrances": self.hindrances,
            "form": self.form,
            "button": self.button,
            "seen": self.seen,
            "back": self.back,
        }
        return super().get_context_data(**{**ours, **kwargs})


class VerbWithLetter(Verb):
    """In two steps: the decision with a letter, then the mail as it will be. Only the second changes anything."""

    template_name = "members/review/admin/confirm_with_email.html"

    def do(self) -> HttpResponseBase:
        if self.request.POST.get("step") == "do":
            return super().do()
        if self.request.POST.get("step") == "read":
            try:
                return self.render_to_response(self.get_context_data(reading=True, **self.to_read()))
            except NotPossible as reason:
                messages.error(self.request, str(reason))
        return self.render_to_response(self.get_context_data())

    def mail(self) -> Any:
        """The mail as it would be, or None."""
        raise NotImplementedError

    def to_read(self) -> dict[str, Any]:
        mail = self.mail()
        return {"mail": mail, "preview": preview_of(mail) if mail else None, "chosen": self.chosen()}

    def chosen(self) -> list[tuple[str, str]]:
        """Labels and values of what was chosen, to be read once more."""
        return []


def label_of(model: Any, name: str) -> str:
    field = model._meta.get_field(name)
    return str(capfirst(getattr(field, "verbose_name", name)))
