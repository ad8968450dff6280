"""A form's first step, of which we would like to know that a person filled it in.

Nothing is dropped without a word: what looks like a robot's gets a sentence and everything typed back.
"""

import time
from typing import Any

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

SHORTEST_SECONDS = 3  # and no longest: links are slow, and people are called away
_clock = Signer(salt="core.by_hand")


class ByHandForm(forms.Form):
    """Has a field that nobody can see (`remarks`) and the signed time at which it was first shown (`began`); no cookie, no session."""

    use_required_attribute = False

    began = forms.CharField(required=False, widget=forms.HiddenInput)
    remarks = forms.CharField(
        required=False, label=_("Leave this empty"), widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"})
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("remarks"):
            self.add_error(
                None,
                _("A field that nobody can see was filled in; some programs that fill in forms do that. It is empty again: please go on."),
            )
        age = _age(str(values.get("began", "")))
        if age is None:
            self.add_error(None, _("Something was lost on the way. Everything you typed is here: please go on."))
        elif 0 <= age < SHORTEST_SECONDS:  # below 0, another host's clock is ahead of ours
            self.add_error(None, _("That was faster than people type, so we ask once more: please go on."))
        return values

    @property
    def clock(self) -> str:
        """When this visitor first saw the form, signed."""
        told = self.data.get("began", "") if self.is_bound else self.initial.get("began", "")
        return told if _age(told) is not None else _clock.sign(str(int(time.time())))


def ask_kindly(form: forms.Form) -> None:
    """For what was left out, words that say what to do."""
    for field in form.fields.values():
        if not isinstance(field, forms.BooleanField):
            is_choice = isinstance(field, forms.ChoiceField)
            field.error_messages["required"] = _("Please choose one.") if is_choice else _("Please fill this in.")


def _age(began: str) -> float | None:
    """The seconds since the form was shown; None when nobody signed that."""
    try:
        return time.time() - int(_clock.unsign(began))
    except (BadSignature, ValueError):
        return None
