"""A form that tells people from robots: a field that people cannot see, and a minimum time to fill it in.

No input is dropped silently: a suspicious form comes back with an error and everything that was typed.
"""

import time
from typing import Any

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from .public_form import PublicForm

MIN_SECONDS = 3  # there is no maximum: connections are slow, and people get interrupted
_signer = Signer(salt="core.by_hand")


class HoneypotForm(PublicForm):
    """Adds a hidden field (`remarks`) and the signed time when the form was first shown (`began`). Needs no cookie and no session."""

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
        elif 0 <= age < MIN_SECONDS:  # negative if another host's clock is ahead of ours
            self.add_error(None, _("That was faster than people type, so we ask once more: please go on."))
        return values

    @property
    def began_signed(self) -> str:
        """The signed time when this visitor first saw the form: the value of the hidden field `began`."""
        sent = self.data.get("began", "") if self.is_bound else self.initial.get("began", "")
        return sent if _seconds_since(sent) is not None else _signer.sign(str(int(time.time())))


def _seconds_since(began: str) -> float | None:
    """The seconds since the form was first shown, None if the signature is missing or wrong."""
    try:
        return time.time() - int(_signer.unsign(began))
    except (BadSignature, ValueError):
        return None
