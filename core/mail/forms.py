"""The form with which the secretariat changes the words of a mail."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from .templates import Letter
from .wording import Passage


class PassageField(forms.CharField):
    """One passage. Empty, it says its original words again."""

    def __init__(self, passage: Passage, letter: Letter) -> None:
        self.passage = passage
        super().__init__(
            label=passage.label,
            help_text=_("One line.") if passage.one_line else _("An empty line begins a new paragraph."),
            required=False,
            max_length=passage.longest,
            widget=forms.TextInput() if passage.one_line else AdminAutoHeightTextInput(),
            validators=[partial(passage.check, variables=letter.variables)],
        )

    def to_python(self, value: Any) -> str:
        return self.passage.clean(super().to_python(value) or "")


class WordsForm(forms.Form):
    """All passages of a mail. `seen` is the version of what stood in the form when it was opened."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any, letter: Letter, words: Mapping[str, str], version: int) -> None:
        passages = letter.passages()
        super().__init__(data, initial={one.name: words.get(one.name, one.original) for one in passages} | {"seen": version})
        self.passages = passages
        self.fields.update({one.name: PassageField(one, letter) for one in passages})

    def changed_words(self) -> dict[str, str]:
        """What differs from the original words; none of it is wrong once the form is valid."""
        typed = {one.name: self.cleaned_data.get(one.name, "") for one in self.passages}
        return {one.name: typed[one.name] for one in self.passages if typed[one.name] not in ("", one.original)}
