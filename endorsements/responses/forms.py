"""What a member fills in when it is asked to endorse."""

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.forms.public_form import PublicForm


class DecidingForm(PublicForm):
    """Until when a member decides: a day that is not past, on which it can still endorse."""

    until = forms.DateField(label=_("We decide until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, earliest: date, latest: date, **more: Any):
        super().__init__(*args, **more)
        self.earliest, self.latest = earliest, latest
        self.fields["until"].widget.attrs |= {"min": earliest.isoformat(), "max": latest.isoformat()}

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        if not self.earliest <= day <= self.latest:
            days = {"earliest": date_format(self.earliest, "j F Y"), "latest": date_format(self.latest, "j F Y")}
            raise forms.ValidationError(_("Please choose a day from %(earliest)s to %(latest)s.") % days)
        return day
