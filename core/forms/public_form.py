"""The base class of every form that visitors fill in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PublicForm(forms.Form):
    """A form validated by the server alone, so that every error message is ours."""

    use_required_attribute = False

    def __init__(self, *args: Any, auto_id: str = "%s", **more: Any):
        super().__init__(*args, auto_id=auto_id, **more)
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                is_choice = isinstance(field, forms.ChoiceField)
                field.error_messages["required"] = _("Please choose one.") if is_choice else _("Please fill this in.")
