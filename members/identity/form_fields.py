"""Fields for what visitors type about an organisation or themselves: email addresses, websites, countries, phone numbers, years."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from core.dates import site_today
from core.forms.fields import WithoutMaxLength
from core.forms.public_form import PublicForm
from members.states import OrganisationKind

from .countries import country_code, country_name
from .keys import canonical_address, mail_domain

GLOBAL = "global"
EVERYWHERE = _("Several countries, or the whole world")
SUCH_AS_ADDRESS = _("Please write an address such as name@example.org.")
SUCH_AS_WEBSITE = _("Please write the address of a website, such as https://example.org.")
LONGEST_WEBSITE = 200
EARLIEST = 1800


class EmailAddressField(WithoutMaxLength, forms.EmailField):
    """An email address at a named host: no quoted names, no IP addresses, which Django takes and mail servers do not."""

    default_validators: ClassVar = [EmailValidator(SUCH_AS_ADDRESS)]

    def __init__(self, **more: Any):
        super().__init__(max_length=254, widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}), **more)

    def clean(self, value: Any) -> Any:
        address = super().clean(value)
        if address and (not mail_domain(address) or '"' in address or not address.isprintable()):
            raise ValidationError(SUCH_AS_ADDRESS)
        return address


class WebsiteField(WithoutMaxLength, forms.URLField):
    """An address on the web, typed with or without https://. Never one that is dressed as another, and nothing that cannot be seen."""

    default_validators: ClassVar = [URLValidator(schemes=["http", "https"], message=SUCH_AS_WEBSITE)]
    default_error_messages: ClassVar = {"invalid": SUCH_AS_WEBSITE}

    def __init__(self, **more: Any):
        widget = forms.TextInput({"autocomplete": "url", "inputmode": "url", "spellcheck": "false"})
        super().__init__(max_length=LONGEST_WEBSITE, assume_scheme="https", widget=widget, **more)

    def clean(self, value: Any) -> Any:
        url = super().clean(value)
        if url and not (url.isprintable() and "@" not in urlsplit(url).netloc and mail_domain(f"web@{urlsplit(url).hostname}")):
            raise ValidationError(SUCH_AS_WEBSITE)
        return url


class QuickSelect(forms.Select):
    """Django's, without a template for each option: of 250 countries that takes longer than the whole rest of the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen, all_attrs = str(value or ""), self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        options = ((code, SafeString(" selected") if code == chosen else "", label) for code, label in self.choices)
        return format_html("<select{}>{}</select>", flatatt(all_attrs), format_html_join("", '<option value="{}"{}>{}</option>', options))


class CountryField(forms.ChoiceField):
    """The countries by name. With `everywhere`, several of them or the whole world is a choice of its own: chosen as GLOBAL, cleaned
    to nothing. A form that comes back says in its `initial` when nothing means that."""

    def __init__(self, *, everywhere: bool = False, **more: Any):
        first = [("", _("Choose …")), *([(GLOBAL, EVERYWHERE)] if everywhere else [])]
        super().__init__(choices=lambda: [*first, *countries], widget=QuickSelect({"autocomplete": "country"}), **more)

    def clean(self, value: Any) -> str:
        code = super().clean(value)
        return "" if code == GLOBAL else str(code)


class OrganisationKindField(forms.ChoiceField):
    """The kinds of organisation."""

    def __init__(self, **more: Any):
        super().__init__(label=_("Kind of organisation"), choices=lambda: [("", _("Choose …")), *OrganisationKind.choices], **more)


class CountriesField(WithoutMaxLength, forms.CharField):
    """Countries by name, one a line or with commas: 250 boxes to tick would be a long way on a telephone. Cleaned to a list of codes."""

    MOST = 250

    def __init__(self, **more: Any):
        super().__init__(max_length=5000, widget=forms.Textarea({"rows": 4, "autocomplete": "off"}), **more)

    def prepare_value(self, value: Any) -> Any:
        """Codes as names; what was typed as it was."""
        if isinstance(value, str):
            return value
        codes = [getattr(country, "code", country) for country in value or ()]
        return "\n".join(country_name(code) for code in codes)

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        codes, unknown = dict.fromkeys(()), []
        for one in self._names(text):
            try:
                codes[country_code(one)] = None
            except ValidationError:
                unknown.append(one[:60])
        if unknown:
            message = _("Not known as a country: %(names)s. Write English names, one a line.")
            raise ValidationError(message, params={"names": "; ".join(unknown[:5])})
        return sorted(codes)

    def _names(self, text: str) -> list[str]:
        """A line as a whole when it is a country ("Korea, South"), else what stands between commas."""
        found: list[str] = []
        for one in filter(None, map(str.strip, text.splitlines())):
            try:
                country_code(one)
                found.append(one)
            except ValidationError:
                found += filter(None, (part.strip() for part in one.replace(";", ",").split(",")))
        return found[: self.MOST]


class PhoneField(WithoutMaxLength, forms.CharField):
    """Digits and the signs between them; a plus in front."""

    def __init__(self, **more: Any):
        widget = forms.TextInput({"autocomplete": "tel", "inputmode": "tel"})
        super().__init__(label=_("Telephone"), max_length=40, required=False, widget=widget, **more)

    def clean(self, value: Any) -> str:
        number = " ".join(str(super().clean(value)).split())
        if number and not (set(number) <= set("+0123456789 ()-./ext,#") and sum(char.isdigit() for char in number) >= 5):
            raise ValidationError(_("Please write a telephone number such as +256 772 123456."))
        return number


class YearField(forms.IntegerField):
    def __init__(self, **more: Any):
        super().__init__(label=_("Founded in the year"), required=False, widget=forms.TextInput({"inputmode": "numeric"}), **more)
        self.error_messages["invalid"] = _("Please write a year in four digits, such as 1998.")

    def clean(self, value: Any) -> Any:
        year = super().clean(value)
        if year is not None and site_today().year < year <= 9999:
            raise ValidationError(_("This year is still to come."))
        if year is not None and not EARLIEST <= year <= site_today().year:
            raise ValidationError(_("Please write a year in four digits, such as 1998."))
        return year


class EmailAddressForm(PublicForm):
    """One address: of a second person, or of somebody who wants a link."""

    email = EmailAddressField(label=_("E-mail address"))

    @property
    def recipient(self) -> str:
        """The address in its canonical form; call it on a valid form."""
        return canonical_address(self.cleaned_data["email"])
