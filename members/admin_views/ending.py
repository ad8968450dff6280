"""The decision on an application, with the letter that tells it: accept or decline."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import emails
from ..models import Application, Organisation
from ..states import DeclineReason, State
from ..workflow import NotPossible, admission, deciding
from .deciding import ApplicationVerb, leading_to
from .desk import VerbWithLetter

_LONGEST_LETTER = Application._meta.get_field("letter").max_length


def _letter(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Words of your own in the mail"),
        required=False,
        max_length=_LONGEST_LETTER,
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
    letter = _letter(gettext_lazy("Below the reason: for example what would have to change. It may stay empty."))

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("reason") == DeclineReason.OTHER and told.get("tell") and not told.get("letter"):
            self.add_error("letter", _("“Another reason” tells them nothing: write a few words, or do not write to them."))
        return told


class Decline(ApplicationVerb, VerbWithLetter):
    page_title = gettext_lazy("Decline")
    button = gettext_lazy("Decline it")
    done = gettext_lazy("“%(name)s” is declined.")
    comes_from = leading_to(State.DECLINED)
    form_class = DeclineForm

    def consequences(self) -> Iterable[str]:
        if self.object.state == State.CHECKING:
            yield _("The committee has not seen it. That is for what no committee need see: a made-up name, a second application.")
        elif deciding.has_agreed(self.object):
            yield _("The committee agreed to welcome it. Decline only if that was a mistake, and say so in a note.")
        yield _("It cannot be undone. They may apply again, and you will see that they did before.")

    def mail(self) -> Any:
        told = self.told
        if not told["tell"] or not self.object.email:
            return None
        self.object.decline_reason, self.object.letter = told["reason"], told["letter"]
        return emails.declined_mail(self.object)

    def chosen(self) -> list[tuple[str, str]]:
        return [(_("Reason"), str(DeclineReason(self.told["reason"]).label))]

    def move(self) -> bool:
        told = self.told
        reason = DeclineReason(told["reason"])
        return deciding.decline(
            self.object, reason=reason, letter=told["letter"], tell=told["tell"], by=self.request.user, now=timezone.now()
        )


class AcceptForm(forms.Form):
    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.order_by("name"),
        required=False,
        label=gettext_lazy("Which organisation is it?"),
        empty_label=gettext_lazy("A new one"),
        help_text=gettext_lazy("If we know it already: what is empty there is filled, what stands there stays."),
    )
    decided_otherwise = forms.CharField(
        label=gettext_lazy("How did the committee decide?"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "It has not agreed in a ballot here: say how else, for example “In its meeting of 3 May”. The history keeps it."
        ),
    )
    letter = _letter(gettext_lazy("Below the welcome: for example when the next meeting is. It may stay empty."))


class Accept(ApplicationVerb, VerbWithLetter):
    page_title = gettext_lazy("Accept")
    button = gettext_lazy("Accept, and send the welcome")
    done = gettext_lazy("“%(name)s” belongs to the coalition.")
    comes_from = leading_to(State.ACCEPTED)

    @cached_property
    def known(self) -> Organisation | None:
        return admission.match(self.object)

    def make_form(self, data: Any) -> AcceptForm:
        form = AcceptForm(data, initial={"organisation": self.known})
        if self.known:  # the site would recognise it anyway
            form.fields["organisation"].required, form.fields["organisation"].empty_label = True, None  # type: ignore[attr-defined]
        if deciding.has_agreed(self.object):
            del form.fields["decided_otherwise"]
        return form

    def consequences(self) -> Iterable[str]:
        if deciding.has_agreed(self.object):
            yield _("The committee has agreed in a ballot.")
        category = {"category": self.object.get_category_display()}
        yield (
            _("It is in the public directory at once (%(category)s), with its logo; its representative and second contact become contacts.")
            % category
        )
        yield _("Its representative gets the welcome, with the way to keep the profile true themselves.")
        yield _("It happens all at once or not at all, and cannot be undone; a membership can be ended.")

    def mail(self) -> Any:
        told = self.told
        organisation = self._chosen() or Organisation(name=self.object.name)
        if organisation.pk is None and Organisation.objects.filter(name=organisation.name).exists():
            raise NotPossible(_("Another organisation has this name. Is it the same? Then choose it; else rename one of them."))
        self.object.letter = told["letter"]
        return emails.welcome_mail(self.object, organisation)

    def _chosen(self) -> Organisation | None:
        chosen: Organisation | None = self.told["organisation"]
        return chosen

    def chosen(self) -> list[tuple[str, str]]:
        found = self._chosen()
        return [(_("Organisation"), found.name if found else _("A new one: %(name)s") % {"name": self.object.name})]

    def move(self) -> bool:
        told = self.told
        admitted = deciding.accept(
            self.object,
            organisation=self._chosen(),
            letter=told["letter"],
            decided_otherwise=told.get("decided_otherwise", ""),
            by=self.request.user,
            now=timezone.now(),
        )
        return admitted is not None
