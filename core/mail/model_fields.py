"""Model fields for email addresses and websites, whose hosts are stored in ASCII (see `core.mail.addresses`).

For the database they are Django's own fields, so that migrations know nothing of them.
"""

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.db.models.lookups import IExact

from . import form_fields
from .addresses import url_with_ascii_host, with_ascii_host
from .form_fields import validate_email_address, validate_website


class _WithHost:
    """What both have in common: the stored form is `in_ascii` of what was given."""

    in_ascii: Any
    form_class: ClassVar[type[forms.Field]]
    known_to_migrations_as: ClassVar[str]

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)  # type: ignore[misc]
        return self.in_ascii(text) if text else text

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))  # type: ignore[misc]

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        stored = self.to_python(super().pre_save(model_instance, add))  # type: ignore[misc]
        setattr(model_instance, self.attname, stored)  # type: ignore[attr-defined]
        return stored

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": self.form_class} | kwargs)  # type: ignore[misc]

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        return name, self.known_to_migrations_as, args, kwargs


class EmailAddressField(_WithHost, models.EmailField):
    """An email address, stored and looked up with its host in ASCII."""

    default_validators: ClassVar = [validate_email_address]
    in_ascii = staticmethod(with_ascii_host)
    form_class = form_fields.EmailAddressField
    known_to_migrations_as = "django.db.models.EmailField"


@EmailAddressField.register_lookup
class _IExact(IExact):
    """Django compares by it what was typed as it stands."""

    prepare_rhs = True


class WebsiteField(_WithHost, models.URLField):
    """A web address, stored and looked up with its host in ASCII."""

    default_validators: ClassVar = [validate_website]
    in_ascii = staticmethod(url_with_ascii_host)
    form_class = form_fields.WebsiteField
    known_to_migrations_as = "django.db.models.URLField"
