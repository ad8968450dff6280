"""The decision on an application, with the email that tells it: accept or decline."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Application, Organisation
from members.review import admission, emails
from members.review import workflow as review
from members.review.checks import other_addresses, similar_organisations
from members.states import ApplicationState, DeclineReason

from .actions import ApplicationAction, leading_to

NEW, OTHER = "new", "other"
_MAX_LENGTH = Application._meta.get_field("decision_message").max_length


def _wording(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Words of your own in the mail"),
        required=False,
        max_length=_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=help_text,
    )


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Why?"), choices=DeclineReason.choices, widget=forms.RadioSelect)
    tell = forms.BooleanField(
        label=gettext_lazy("Write to them"),
        required=False,
        initial=True,
        help_text=gettext_lazy("They get the reason by e-mail, in the words above. Before it leaves you read it."),
    )
    decision_message = _wording(gettext_lazy("Below the reason: for example what would have to change. It may stay empty."))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("reason") == DeclineReason.OTHER and cleaned.get("tell") and not cleaned.get("decision_message"):
            self.add_error("decision_message", _("“Another reason” tells them nothing: write a few words, or do not write to them."))
        return cleaned


class Decline(ApplicationAction):
    page_title = gettext_lazy("Decline")
    button = gettext_lazy("Decline it")
    success_message = gettext_lazy("“%(name)s” is declined.")
    shows_email = True
    states = leading_to(ApplicationState.DECLINED)
    form_class = DeclineForm

    def consequences(self) -> Iterable[str]:
        if self.object.state == ApplicationState.CHECKING:
            yield _("The committee has not seen it. That is for what no committee need see: a made-up name, a second application.")
        elif review.committee_agreed(self.object):
            yield _("The committee agreed to welcome it. Decline only if that was a mistake, and say so in a note.")
        yield _("It cannot be undone. They may apply again, and you will see that they did before.")

    def email(self) -> Any:
        answers = self.answers
        if not answers["tell"] or not self.object.email:
            return None
        self.object.decline_reason, self.object.decision_message = answers["reason"], answers["decision_message"]
        return emails.declined_preview(self.object)

    def choices_made(self) -> list[tuple[str, str]]:
        return [(_("Reason"), str(DeclineReason(self.answers["reason"]).label))]

    def act(self) -> bool:
        answers = self.answers
        reason = DeclineReason(answers["reason"])
        return review.decline(
            self.object,
            reason=reason,
            decision_message=answers["decision_message"],
            notify=answers["tell"],
            by=self.request.user,
            now=timezone.now(),
        )


class AcceptForm(forms.Form):
    """Which entry it becomes: a new one, one of the `candidates`, or any other. What is recognised is offered, never forced."""

    organisation = forms.ChoiceField(
        label=gettext_lazy("Which organisation is it?"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("If it joins an existing entry, what is empty there is filled, and what stands there stays."),
    )
    other = forms.ModelChoiceField(
        queryset=Organisation.objects.order_by("name"),
        required=False,
        label=gettext_lazy("The other entry"),
        help_text=gettext_lazy("Only with “Joins another existing entry”."),
    )
    summary = forms.CharField(
        label=gettext_lazy("Public summary"),
        required=False,
        max_length=admission.MAX_SUMMARY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    decided_otherwise = forms.CharField(
        label=gettext_lazy("How did the committee decide?"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "It has not agreed in a ballot here: say how else, for example “In its meeting of 3 May”. The history keeps it."
        ),
    )
    decision_message = _wording(gettext_lazy("Below the welcome: for example when the next meeting is. It may stay empty."))

    def __init__(self, data: Any, application: Application) -> None:
        known = admission.matching_organisation(application)
        self.candidates = {str(one.pk): one for one in ([known] if known else []) + similar_organisations(application)}
        joins = _("Joins the existing entry %(name)s (%(place)s)")
        # Where several may be it and none is recognised, somebody has to choose.
        chosen = str(known.pk) if known else "" if self.candidates else NEW
        super().__init__(data, initial={"organisation": chosen, "summary": admission.suggested_summary(application)})
        self.fields["summary"].help_text = format_html(
            "{} {}<br><strong>{}</strong> {}",
            _("The directory shows this. Edit the answer to two or three sentences that readers understand."),
            _("An existing entry that has a summary keeps it."),
            _("What they answered:"),
            application.work,
        )
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            (NEW, _("A new entry: %(name)s") % {"name": application.name}),
            *((key, joins % {"name": one.name, "place": one.country_or_global}) for key, one in self.candidates.items()),
            (OTHER, _("Joins another existing entry, chosen below")),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("organisation") == OTHER and not cleaned.get("other"):
            self.add_error("other", _("Choose the entry."))
        return cleaned

    def entry(self) -> Organisation | None:
        """The existing one that was chosen; None for a new one."""
        chosen = self.cleaned_data["organisation"]
        return self.cleaned_data["other"] if chosen == OTHER else self.candidates.get(chosen)


class Accept(ApplicationAction):
    page_title = gettext_lazy("Accept")
    button = gettext_lazy("Accept, and send the welcome")
    success_message = gettext_lazy("“%(name)s” belongs to the coalition.")
    shows_email = True
    states = leading_to(ApplicationState.ACCEPTED)

    def make_form(self, data: Any) -> AcceptForm:
        form = AcceptForm(data, self.object)
        if review.committee_agreed(self.object):
            del form.fields["decided_otherwise"]
        return form

    def consequences(self) -> Iterable[str]:
        if review.committee_agreed(self.object):
            yield _("The committee has agreed in a ballot.")
        category = {"category": self.object.get_category_display()}
        yield (
            _("It is in the public directory at once (%(category)s), with its logo; its representative and second contact become contacts.")
            % category
        )
        yield _("The applicant gets the welcome, with the way to keep the profile true themselves.")
        if unconfirmed := [address for _who, address in other_addresses(self.object)]:
            yield _("Not confirmed: %(addresses)s. Each is asked by email, and gets a vote or a link only after pressing its button.") % {
                "addresses": ", ".join(unconfirmed)
            }
        yield _("It happens all at once or not at all, and cannot be undone; a membership can be ended.")

    def email(self) -> Any:
        self.object.decision_message = self.answers["decision_message"]
        return emails.welcome_preview(self.object, self.form.entry() or admission.new_organisation(self.object))

    def choices_made(self) -> list[tuple[str, str]]:
        entry = self.form.entry()
        label = _("Joins the existing entry") if entry else _("A new entry")
        return [(label, entry.name if entry else self.object.name)]

    def act(self) -> bool:
        answers, entry = self.answers, self.form.entry()
        admitted = review.accept(
            self.object,
            organisation=entry,
            as_new=entry is None,
            summary=answers["summary"],
            decision_message=answers["decision_message"],
            decided_otherwise=answers.get("decided_otherwise", ""),
            by=self.request.user,
            now=timezone.now(),
        )
        return admitted is not None
