"""Form fields for what visitors enter about an organisation or themselves: email addresses, websites, countries, phone numbers, years."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.dates import site_today
from core.forms.cleaning import clean_line
from core.forms.fields import WithoutMaxLength
from core.forms.public_form import PublicForm
from core.mail.addresses import canonical_address
from core.mail.form_fields import EmailAddressField
from members.states import OrganisationKind

from .countries import country_choices, country_name, parse_countries

GLOBAL = "global"
EVERYWHERE = _("Several countries, or the whole world")
# The oldest hospitals still at work are of the seventh century.
EARLIEST_YEAR = 500
NO_YEAR = _("Enter a year in four digits, such as 1998.")


class QuickSelect(forms.Select):
    """Select without a template per option, which for 250 countries takes longer than the rest of the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen, all_attrs = str(value or ""), self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        options = ((code, SafeString(" selected") if code == chosen else "", label) for code, label in self.choices)
        return format_html("<select{}>{}</select>", flatatt(all_attrs), format_html_join("", '<option value="{}"{}>{}</option>', options))


class CountryField(forms.ChoiceField):
    """A choice of country. With `allow_global`, also "several countries, or the whole world": GLOBAL in the form, '' when cleaned.

    A form that shows a stored '' as that choice sets its `initial` to GLOBAL.
    """

    def __init__(self, *, allow_global: bool = False, **kwargs: Any):
        first = [("", _("Choose …")), *([(GLOBAL, EVERYWHERE)] if allow_global else [])]
        super().__init__(choices=lambda: [*first, *country_choices()], widget=QuickSelect({"autocomplete": "country"}), **kwargs)

    def clean(self, value: Any) -> str:
        code = super().clean(value)
        return "" if code == GLOBAL else str(code)


class OrganisationKindField(forms.ChoiceField):
    """A choice of the kind of organisation."""

    def __init__(self, **kwargs: Any):
        super().__init__(label=_("Kind of organisation"), choices=lambda: [("", _("Choose …")), *OrganisationKind.choices], **kwargs)


class CountriesField(WithoutMaxLength, forms.CharField):
    """Countries by name, one a line or separated by commas, cleaned to a sorted list of codes."""

    MAX_COUNTRIES = 250

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=5000, widget=forms.Textarea({"rows": 4, "autocomplete": "off"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show codes as names; leave text as it was entered."""
        if isinstance(value, str):
            return value
        codes = [getattr(country, "code", country) for country in value or ()]
        return "\n".join(country_name(code) for code in codes)

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        codes, unknown = dict.fromkeys(()), []
        for one in self._names(text):
            try:
                codes |= dict.fromkeys(parse_countries(one))
            except ValidationError as error:
                unknown += error.messages
        if unknown:
            raise ValidationError(unknown[:5])
        return sorted(codes)

    def _names(self, text: str) -> list[str]:
        """Split lines at commas and semicolons, unless the whole line is a country or several ("Korea, South", "Kenya/Uganda")."""
        found: list[str] = []
        for one in filter(None, map(str.strip, text.splitlines())):
            try:
                parse_countries(one)
                found.append(one)
            except ValidationError:
                found += filter(None, (part.strip() for part in one.replace(";", ",").split(",")))
        return found[: self.MAX_COUNTRIES]


# Digits and separators, then an extension. As people write them: +256 (0)772-123456 ext. 12.
_EXTENSION = r"(?:ext|extn|extension|x|poste|interno|int|anexo|ramal|доб|وصلة)\.? ?:? ?#?\d{1,8}"
_PHONE = re.compile(rf"[+\d ()\-./,;#*]{{5,}}(?:{_EXTENSION})?", re.IGNORECASE)
_SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—−ー", "-") | {"،": ",", "؛": ";", "／": "/"})


class PhoneField(WithoutMaxLength, forms.CharField):
    """A phone number: digits of any script and separators, with an optional plus and extension. Cleaned to digits 0-9."""

    def __init__(self, **kwargs: Any):
        widget = forms.TextInput({"autocomplete": "tel", "inputmode": "tel"})
        super().__init__(label=_("Telephone"), max_length=40, required=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        number = unicodedata.normalize("NFKC", clean_line(super().to_python(value) or "").translate(_SIGNS))
        return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in number)

    def clean(self, value: Any) -> str:
        number = str(super().clean(value))
        if number and not (_PHONE.fullmatch(number) and sum(char.isdigit() for char in number) >= 5):
            raise ValidationError(_("Enter a phone number such as +256 772 123456."))
        return number


class YearField(forms.IntegerField):
    """The year in which an organisation was founded."""

    def __init__(self, **kwargs: Any):
        super().__init__(label=_("Founded in the year"), required=False, widget=forms.TextInput({"inputmode": "numeric"}), **kwargs)
        self.error_messages["invalid"] = NO_YEAR

    def to_python(self, value: Any) -> Any:
        return super().to_python(clean_line(value) if isinstance(value, str) else value)

    def clean(self, value: Any) -> Any:
        year = super().clean(value)
        if year is not None and site_today().year < year <= 9999:
            raise ValidationError(_("This year is in the future."))
        if year is not None and not EARLIEST_YEAR <= year <= site_today().year:
            raise ValidationError(NO_YEAR)
        return year


class EmailAddressForm(PublicForm):
    """One email address: of a second person, or of somebody who asks for a link."""

    email = EmailAddressField(label=_("E-mail address"))

    @property
    def recipient(self) -> str:
        """The address in its canonical form; for a valid form."""
        return canonical_address(self.cleaned_data["email"])
