"""Fields for what visitors type: one line, several lines, a list of lines."""

from typing import Any

from django import forms
from django.db.models import Model

from .validators import clean_line, refuse_tricks, refuse_tricks_in_answer


def max_length_of(model: type[Model], name: str) -> int:
    """How long the model's field may be."""
    return int(getattr(model._meta.get_field(name), "max_length", 0))


class NotCutOff:
    """For a text field: no `maxlength` in HTML, with which browsers cut off what is pasted and say nothing."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attributes = super().widget_attrs(widget)  # type: ignore[misc]
        return {name: value for name, value in attributes.items() if name != "maxlength"}


class LineField(NotCutOff, forms.CharField):
    """One line that everybody may read: cleaned, then judged, then measured."""

    default_validators = [refuse_tricks]

    def __init__(self, *, autocomplete: str = "off", **more: Any):
        super().__init__(widget=forms.TextInput({"autocomplete": autocomplete}), **more)

    def to_python(self, value: object) -> str | None:
        text = super().to_python(value)
        return clean_line(text) if isinstance(text, str) else text


class AnswerField(LineField):
    """One that a number alone may fill."""

    default_validators = [refuse_tricks_in_answer]


class TextField(NotCutOff, forms.CharField):
    """Several lines, whose ends are one character here, however the browser sends them."""

    def __init__(self, *, rows: int = 6, **more: Any):
        super().__init__(widget=forms.Textarea({"rows": rows, "autocomplete": "off"}), **more)

    def to_python(self, value: object) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class LinesField(TextField):
    """A few lines, each of which everybody may read: cleaned and judged one by one, empty ones dropped."""

    def __init__(self, *, rows: int = 3, **more: Any):
        super().__init__(rows=rows, **more)

    def to_python(self, value: object) -> str:
        text = super().to_python(value) or ""
        return "\n".join(filter(None, map(clean_line, text.splitlines())))

    def validate(self, value: Any) -> None:
        super().validate(value)
        for line in value.splitlines():
            refuse_tricks(line)
