"""Fields for email addresses and websites, in forms. Their hosts are stored in ASCII (see `core.mail.addresses`)."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext_lazy as _

from core.forms.cleaning import strip_invisible
from core.forms.fields import WithoutMaxLength

from .addresses import mail_domain, readable_hosts, url_with_ascii_host, with_ascii_host

INVALID_EMAIL = _("Enter an email address such as name@example.org.")
INVALID_WEBSITE = _("Enter the address of a website, such as https://example.org.")
MAX_WEBSITE_LENGTH = 200


def validate_email_address(address: str) -> None:
    """Validate an address at a named host, without quoted names and IP addresses, which Django accepts and mail servers do not.

    Letters outside ASCII are allowed behind the @ only: before it they need SMTPUTF8 (RFC 6531) on every server on the way.
    """
    local, _at, host = address.rpartition("@")
    if local and not local.isascii() and local.isprintable():
        message = _("Before the @, we can only write to addresses in the letters a to z. Enter another email address.")
        raise ValidationError(message, code="local_part")
    if local and not host.isascii():
        message = _("There can be no domain “%(host)s”. Check the part of the email address after the @.")
        raise ValidationError(message, code="host", params={"host": host[:60]})
    EmailValidator(INVALID_EMAIL)(address)
    if not mail_domain(address) or '"' in address or not address.isprintable():
        raise ValidationError(INVALID_EMAIL, code="invalid")


def validate_website(url: str) -> None:
    """Validate a web address. Refuses hosts disguised as another (user@host) and invisible characters."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise ValidationError(INVALID_WEBSITE, code="invalid") from None
    if host and not host.isascii():
        message = _("There can be no domain “%(host)s”. Check the address of the website.")
        raise ValidationError(message, code="host", params={"host": host[:60]})
    URLValidator(schemes=["http", "https"], message=INVALID_WEBSITE)(url)
    if not (url.isprintable() and "@" not in parts.netloc and mail_domain(f"web@{host}")):
        raise ValidationError(INVALID_WEBSITE, code="invalid")


class EmailAddressField(WithoutMaxLength, forms.EmailField):
    """An email address. Shown as people read it, cleaned to what is stored."""

    default_validators: ClassVar = [validate_email_address]

    def __init__(self, **kwargs: Any):
        defaults = {"max_length": 254, "widget": forms.EmailInput({"autocomplete": "email", "spellcheck": "false"})}
        super().__init__(**defaults | kwargs)

    def to_python(self, value: Any) -> Any:
        address = super().to_python(value)
        return with_ascii_host(strip_invisible(address)) if address else address

    def prepare_value(self, value: Any) -> Any:
        return readable_hosts(value) if isinstance(value, str) else value


class WebsiteField(WithoutMaxLength, forms.URLField):
    """A web address, with or without https://. Shown as people read it, cleaned to what is stored."""

    default_validators: ClassVar = [validate_website]
    default_error_messages: ClassVar = {"invalid": INVALID_WEBSITE}

    def __init__(self, **kwargs: Any):
        widget = forms.TextInput({"autocomplete": "url", "inputmode": "url", "spellcheck": "false"})
        super().__init__(**{"max_length": MAX_WEBSITE_LENGTH, "assume_scheme": "https", "widget": widget} | kwargs)

    def to_python(self, value: Any) -> Any:
        url = super().to_python(strip_invisible(value) if isinstance(value, str) else value)
        return url_with_ascii_host(url) if url else url

    def prepare_value(self, value: Any) -> Any:
        return readable_hosts(value) if isinstance(value, str) else value
