"""What the secretariat does with an application: each action a page that says what will happen, with one button."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput
from wagtail.permissions import ModelPermissionPolicy

from core.admin.confirm import ConfirmView
from core.admin.views import AdminView, Breadcrumb
from core.dates import site_today
from core.mail.suppression import is_suppressed
from members.applications import workflow as applications
from members.applications.requirements import ASKABLE_FIELDS, field_as_text
from members.applications.workflow import ANSWER_DAYS
from members.models import Application, Question
from members.review import workflow as review
from members.states import APPLICATION_TRANSITIONS, OPEN, ApplicationState

from .applications import colleagues


class ApplicationAction(ConfirmView):
    permission_policy = ModelPermissionPolicy(Application)
    queryset = Application.objects.submitted()
    header_icon = "form"

    def above(self) -> list[Breadcrumb]:
        return [(reverse("applications:index"), _("Applications")), (self.get_back_url(), self.object_name)]

    def get_back_url(self) -> str:
        return reverse("applications:inspect", args=(self.object.pk,))

    @property
    def object_name(self) -> str:
        return str(self.object.title)


def leading_to(state: ApplicationState) -> tuple[ApplicationState, ...]:
    return tuple(source for source, following in APPLICATION_TRANSITIONS.items() if state in following)


class Take(ApplicationAction):
    page_title = gettext_lazy("Begin to check")
    button = gettext_lazy("Begin to check")
    success_message = gettext_lazy("“%(name)s” is being checked now.")
    states = (ApplicationState.SUBMITTED,)

    def consequences(self) -> Iterable[str]:
        yield _("The applicant’s page says that it is being checked. No mail is written.")
        if self.object.assigned_to is None:
            yield _("It becomes yours; you can assign it to a colleague at any time.")

    def act(self) -> bool:
        return review.start_review(self.object, by=self.request.user, now=timezone.now())


class StopAsking(ApplicationAction):
    page_title = gettext_lazy("Go on without the answers")
    button = gettext_lazy("Go on")
    success_message = gettext_lazy("“%(name)s” is being checked again.")
    states = (ApplicationState.MORE_INFORMATION,)

    def consequences(self) -> Iterable[str]:
        yield _("The applicant can change nothing any more. What was typed meanwhile is kept, and shown as the answer.")
        yield _("For example because the answers came by telephone: then write them down in a note.")

    def act(self) -> bool:
        return review.continue_without_answers(self.object, by=self.request.user, now=timezone.now())


class AskAgain(ApplicationAction):
    page_title = gettext_lazy("Take it back and check again")
    button = gettext_lazy("Take it back")
    success_message = gettext_lazy("“%(name)s” is being checked again.")
    states = (ApplicationState.WITH_COMMITTEE,)

    def consequences(self) -> Iterable[str]:
        yield _("You can ask the applicant, and put it to the committee anew afterwards.")
        if self.object.ballots.running().exists():
            yield _("The running ballot is cancelled without a result; the links in its emails stop working.")

    def act(self) -> bool:
        return review.take_back_from_committee(self.object, by=self.request.user, now=timezone.now())


class Withdraw(ApplicationAction):
    page_title = gettext_lazy("Withdrawn by the applicant")
    button = gettext_lazy("Withdraw it for them")
    success_message = gettext_lazy("“%(name)s” is withdrawn.")
    states = leading_to(ApplicationState.WITHDRAWN)

    def consequences(self) -> Iterable[str]:
        yield _("Only when they asked for it, by mail or telephone. They can withdraw it themselves on their page.")
        yield _("They get a mail that says so. It cannot be undone; they may apply again.")

    def act(self) -> bool:
        return applications.withdraw(self.object, by=self.request.user, now=timezone.now())


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(
        queryset=get_user_model()._default_manager.none(),
        required=False,
        label=gettext_lazy("Who takes care of it?"),
        empty_label=gettext_lazy("Nobody"),
    )


class Assign(ApplicationAction):
    page_title = gettext_lazy("Assign")
    button = gettext_lazy("Assign")
    success_message = gettext_lazy("“%(name)s” is assigned.")
    states = OPEN
    form_class = AssignForm
    is_edit = True

    @property
    def shown(self) -> str:
        return f"{self.object.state}:{self.object.assigned_to_id or ''}"

    def make_form(self, data: Any) -> AssignForm:
        form = AssignForm(data, initial={"to": self.object.assigned_to_id or self.request.user.pk})
        form.fields["to"].queryset = colleagues("members.change_application")  # type: ignore[attr-defined]
        return form

    def act(self) -> bool:
        review.assign(self.object, to=self.answers["to"], by=self.request.user)
        return True


class PromiseForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("An answer by"), widget=AdminDateInput)

    def clean_on(self) -> Any:
        if self.cleaned_data["on"] < site_today():
            raise forms.ValidationError(_("This day has passed."))
        return self.cleaned_data["on"]


class Promise(ApplicationAction):
    page_title = gettext_lazy("Promise another day")
    button = gettext_lazy("Promise it")
    success_message = gettext_lazy("Another day is promised for “%(name)s”.")
    states = OPEN
    form_class = PromiseForm
    is_edit = True

    @property
    def shown(self) -> str:
        return f"{self.object.state}:{self.object.promised_on or ''}"

    def consequences(self) -> Iterable[str]:
        if self.object.promised_on:
            yield _("Promised until now: %(day)s.") % {"day": date_format(self.object.promised_on, "j F Y")}
        yield _("The applicant’s page tells the new day. No mail is written: write to them if they should know at once.")

    def make_form(self, data: Any) -> PromiseForm:
        today = site_today()
        return PromiseForm(data, initial={"on": max(self.object.promised_on or today, today) + timedelta(days=ANSWER_DAYS // 3)})

    def act(self) -> bool:
        review.set_promised_date(self.object, on=self.answers["on"], by=self.request.user)
        return True


class AskForm(forms.Form):
    """A question beside each field with what stands there now, and one about anything."""

    def __init__(self, data: Any, application: Application) -> None:
        super().__init__(data)
        longest = Question._meta.get_field("text").max_length
        for name in (*ASKABLE_FIELDS, ""):
            question = Question(application=application, field=name)
            self.fields[f"about_{name}"] = forms.CharField(
                label=question.label or _("Anything else"),
                required=False,
                max_length=longest,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=field_as_text(application, name) if name else _("They answer in words; no field is opened for it."),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Write at least one question."))
        return cleaned

    @property
    def questions(self) -> list[tuple[str, str]]:
        """The fields that are asked about, each with its question."""
        return [(name.removeprefix("about_"), text) for name, text in self.cleaned_data.items() if text]


class Ask(ApplicationAction):
    """Flag the fields that need more, each with a question."""

    template_name = "members/review/admin/ask.html"
    page_title = gettext_lazy("Ask questions")
    button = gettext_lazy("Send the questions")
    success_message = gettext_lazy("The questions are on their way to “%(name)s”.")
    states = (ApplicationState.CHECKING,)

    def make_form(self, data: Any) -> AskForm:
        return AskForm(data, self.object)

    def consequences(self) -> Iterable[str]:
        if is_suppressed(self.object.email):
            yield _("No email is sent: %(address)s wants none from us. Ask in another way.") % {"address": self.object.email}
        else:
            yield _("One email with all questions goes to %(address)s, and reminders after it. Nothing closes by itself.") % {
                "address": self.object.email
            }
        yield _("They can change only the fields that you ask about, and you see what changed.")

    def act(self) -> bool:
        return review.ask(self.object, questions=self.form.questions, by=self.request.user, now=timezone.now())

    def get_success_message(self, result: bool) -> str:
        if is_suppressed(self.object.email):
            return _("The questions are recorded. No email was sent: the owner of the address asked us not to write.")
        return super().get_success_message(result)


class WriteNote(AdminView):
    """By a POST from the page of the application."""

    permission_policy = ModelPermissionPolicy(Application)
    MAX_LENGTH = 4000

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("applications:inspect", self.kwargs["pk"])

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        application = get_object_or_404(Application.objects.submitted(), pk=pk)
        text = request.POST.get("note", "").replace("\x00", "").strip()
        if application.anonymised_at:
            messages.warning(request, _("It has been anonymised: there is nobody to write a note about."))
        elif len(text) > self.MAX_LENGTH:
            messages.error(request, _("The note was not kept: it is longer than 4,000 characters."))
        elif text:
            review.add_note(application, text=text, by=request.user, now=timezone.now())
            messages.success(request, _("The note is kept."))
        return redirect("applications:inspect", pk)
