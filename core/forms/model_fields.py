"""Model fields for text that strangers type. For the database they are Django's own, so that migrations know nothing of them."""

from typing import Any, ClassVar

from django.db import models

from . import fields
from .cleaning import clean_line
from .validators import validate_line, validate_lines


class CleanLineField(models.CharField):
    """One line, without what nobody can see."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return clean_line(text) if isinstance(text, str) else text

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": fields.CleanLineField} | kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class LineField(CleanLineField):
    """One line that will be public, cleaned before it is validated."""

    default_validators: ClassVar = [validate_line]

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"validators": [validate_line]}


class LinesField(models.TextField):
    """Several lines that will be public, each cleaned before it is validated; empty ones are dropped."""

    default_validators: ClassVar = [validate_lines]

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return "\n".join(filter(None, map(clean_line, text.splitlines()))) if isinstance(text, str) else text

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": fields.LinesField} | kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs | {"validators": [validate_lines]}
