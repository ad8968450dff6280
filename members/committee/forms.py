"""The ballot paper of a seat of the steering committee."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms.fields import MultiLineField
from core.forms.public_form import PublicForm
from members.models import Ballot
from members.states import NEEDS_REASON, Choice


class VoteForm(PublicForm):
    choice = forms.ChoiceField(label=_("Your vote"), widget=forms.RadioSelect)
    reason = MultiLineField(
        label=_("Reason"),
        max_length=2000,
        rows=4,
        required=False,
        help_text=_("Needed with an objection or a conflict of interest; the whole committee reads it."),
    )

    def __init__(self, *args: Any, ballot: Ballot, **more: Any):
        super().__init__(*args, **more)
        self.fields["choice"].choices = [(str(choice), choice.label) for choice in ballot.choices]  # type: ignore[attr-defined]
        self.fields["reason"].is_needed = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        choice = values.get("choice")
        if choice and Choice(choice) in NEEDS_REASON and not values.get("reason") and "reason" not in self.errors:
            self.add_error("reason", gettext("Please give a reason, in a sentence or two."))
        return values
