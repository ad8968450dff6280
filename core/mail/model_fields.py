"""Model fields for email addresses and websites, whose hosts are stored in ASCII (see `core.mail.addresses`).

For the database they are Django's own fields, so that migrations know nothing of them.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models.lookups import IExact

from . import form_fields
from .addresses import url_with_ascii_host, with_ascii_host
from .form_fields import validate_email_address, validate_website


class EmailAddressField(models.EmailField):
    """An email address, stored and looked up with its host in ASCII."""

    default_validators: ClassVar = [validate_email_address]

    def to_python(self, value: Any) -> Any:
        address = super().to_python(value)
        return with_ascii_host(address) if address else address

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        setattr(model_instance, self.attname, self.to_python(super().pre_save(model_instance, add)))
        return getattr(model_instance, self.attname)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": form_fields.EmailAddressField} | kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs


@EmailAddressField.register_lookup
class _IExact(IExact):
    """Django compares by it what was typed as it stands."""

    prepare_rhs = True


class WebsiteField(models.URLField):
    """A web address, stored and looked up with its host in ASCII."""

    default_validators: ClassVar = [validate_website]

    def to_python(self, value: Any) -> Any:
        url = super().to_python(value)
        return url_with_ascii_host(url) if url else url

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        setattr(model_instance, self.attname, self.to_python(super().pre_save(model_instance, add)))
        return getattr(model_instance, self.attname)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": form_fields.WebsiteField} | kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs
