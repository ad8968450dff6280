"""The form in which the secretariat edits the wording of an email."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from .templates import EmailTemplate
from .wording import Passage


class PassageField(forms.CharField):
    """One passage. Left empty, the passage has its original wording again."""

    def __init__(self, passage: Passage, template: EmailTemplate) -> None:
        self.passage = passage
        super().__init__(
            label=passage.label,
            help_text=_("One line.") if passage.one_line else _("An empty line begins a new paragraph."),
            required=False,
            max_length=passage.max_length,
            widget=forms.TextInput() if passage.one_line else AdminAutoHeightTextInput(),
            validators=[partial(passage.validate, variables=template.variables)],
        )

    def to_python(self, value: Any) -> str:
        return self.passage.clean(super().to_python(value) or "")


class WordingForm(forms.Form):
    """All passages of an email. `version` is that of the wording in the form when it was opened."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any, template: EmailTemplate, edited: Mapping[str, str], version: int) -> None:
        passages = template.passages()
        super().__init__(data, initial={one.name: edited.get(one.name, one.original) for one in passages} | {"version": version})
        self.passages = passages
        self.fields.update({one.name: PassageField(one, template) for one in passages})

    def edited_passages(self) -> dict[str, str]:
        """The passages that differ from the original. Those with an error are left out."""
        typed = {one.name: self.cleaned_data.get(one.name, "") for one in self.passages}
        return {one.name: typed[one.name] for one in self.passages if typed[one.name] not in ("", one.original)}
