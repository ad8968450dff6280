from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms.cleaning import clean_line


class SearchForm(forms.Form):
    query = forms.CharField(
        label=_("E-mail address or name"),
        min_length=2,
        max_length=254,
        help_text=_("An address finds all that is held of it. After addresses have been erased, a name finds what is left."),
    )

    def clean_query(self) -> str:
        return clean_line(self.cleaned_data["query"])
