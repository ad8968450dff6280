"""Form fields for text that visitors type: one line, several lines, a list of lines."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from .cleaning import clean_line
from .validators import validate_line, validate_line_or_number

TOO_LONG = _(
    "This has %(show_value)d characters, and there is room for %(limit_value)d. Shorten it, for example with an abbreviation. "
    "What you typed is still here."
)


def max_length_of(model: type[Model], name: str) -> int:
    """The `max_length` of a model's field."""
    return int(getattr(model._meta.get_field(name), "max_length", 0))


class WithoutMaxLength:
    """Mixin for text fields: no `maxlength` in the HTML, because browsers cut off pasted text without saying so.

    What is too long comes back whole, with advice.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for validator in self.validators:  # type: ignore[attr-defined]
            if isinstance(validator, MaxLengthValidator):
                validator.message = TOO_LONG

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attributes = super().widget_attrs(widget)  # type: ignore[misc]
        return {name: value for name, value in attributes.items() if name != "maxlength"}


class CleanLineField(WithoutMaxLength, forms.CharField):
    """One line, cleaned by `clean_line`."""

    def __init__(self, *, autocomplete: str = "off", **more: Any):
        super().__init__(**{"widget": forms.TextInput({"autocomplete": autocomplete})} | more)

    def to_python(self, value: object) -> str | None:
        text = super().to_python(value)
        return clean_line(text) if isinstance(text, str) else text


class LineField(CleanLineField):
    """One line that will be public, cleaned before it is validated."""

    default_validators = [validate_line]


class LineOrNumberField(LineField):
    """One line that may consist of digits only."""

    default_validators = [validate_line_or_number]


class MultiLineField(WithoutMaxLength, forms.CharField):
    """Several lines, with "\n" as line end whatever the browser sends."""

    def __init__(self, *, rows: int = 6, **more: Any):
        super().__init__(**{"widget": forms.Textarea({"rows": rows, "autocomplete": "off"})} | more)

    def to_python(self, value: object) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class LinesField(MultiLineField):
    """A list of public lines, each cleaned and validated; empty ones are dropped."""

    def __init__(self, *, rows: int = 3, **more: Any):
        super().__init__(rows=rows, **more)

    def to_python(self, value: object) -> str:
        text = super().to_python(value) or ""
        return "\n".join(filter(None, map(clean_line, text.splitlines())))

    def validate(self, value: Any) -> None:
        super().validate(value)
        for line in value.splitlines():
            validate_line(line)


class LinesChoiceField(forms.MultipleChoiceField):
    """Boxes to tick, cleaned to one text with a line for each. A line that is no choice, as typed before, is kept and shown as one."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, max_length: int, **more: Any):
        super().__init__(**more)
        self.max_length = max_length

    def set_choices(self, lines: Iterable[str], stored: str = "") -> None:
        """Offer these lines, and those of the stored text."""
        self.choices = [(line, line) for line in dict.fromkeys([*lines, *_lines(stored)])]

    def prepare_value(self, value: Any) -> Any:
        return _lines(value) if isinstance(value, str) else value

    def valid_value(self, value: str) -> bool:
        return bool(value.isprintable())

    def clean(self, value: Any) -> str:
        lines = [line for text in super().clean(value) for line in _lines(text)]
        text = "\n".join(dict.fromkeys(lines))
        MaxLengthValidator(self.max_length, TOO_LONG)(text)
        return text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
