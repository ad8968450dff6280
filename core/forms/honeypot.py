"""A form's first step that tells people from robots.

Nothing is dropped without a word: what looks like a robot's gets a sentence and everything typed back.
"""

import time
from typing import Any

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from .public_form import PublicForm

SHORTEST_SECONDS = 3  # and no longest: links are slow, and people are called away
_signer = Signer(salt="core.by_hand")


class HoneypotForm(PublicForm):
    """Has a field that nobody can see (`remarks`) and the signed time at which it was first shown (`began`); no cookie, no session."""

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
        age = _seconds_since(str(values.get("began", "")))
        if age is None:
            self.add_error(None, _("Something was lost on the way. Everything you typed is here: please go on."))
        elif 0 <= age < SHORTEST_SECONDS:  # below 0, another host's clock is ahead of ours
            self.add_error(None, _("That was faster than people type, so we ask once more: please go on."))
        return values

    @property
    def began_signed(self) -> str:
        """When this visitor first saw the form, signed: the value of the hidden field `began`."""
        sent = self.data.get("began", "") if self.is_bound else self.initial.get("began", "")
        return sent if _seconds_since(sent) is not None else _signer.sign(str(int(time.time())))


def _seconds_since(began: str) -> float | None:
    """The seconds since the form was shown; None when nobody signed that."""
    try:
        return time.time() - int(_signer.unsign(began))
    except (BadSignature, ValueError):
        return None
