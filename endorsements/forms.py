"""What visitors type: the endorsement of an organisation or a person, and what a holder corrects.

Nothing is dropped without a word: what looks like a robot's gets a sentence and everything typed back.
"""

import time
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import EmailValidator, URLValidator
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from core.plain_words import LineField
from members.identity import mail_domain
from members.states import OrganisationKind

from .consents import wording
from .models import DeclarationPage, Endorsement
from .states import Kind, Purpose
from .workflow.endorsing import Typed

SHORTEST_SECONDS = 3  # and no longest: links are slow, and people are called away
GLOBAL = "global"
SUCH_AS_ADDRESS = _("Please write an address such as name@example.org.")
SUCH_AS_WEBSITE = _("Please write the address of a website, such as https://example.org.")
_clock = Signer(salt="endorsements.form")


def _longest(name: str) -> int:
    return int(getattr(Endorsement._meta.get_field(name), "max_length", 0))


def _line(name: str, label: Any, *, autocomplete: str = "off", **more: Any) -> LineField:
    """A line as long as the model's field. Without `maxlength`, with which browsers cut off what is pasted and say nothing."""
    field = LineField(label=label, max_length=_longest(name), widget=forms.TextInput({"autocomplete": autocomplete}), **more)
    del field.widget.attrs["maxlength"]
    return field


class AddressField(forms.EmailField):
    """A mail address at a named host: no quoted names, no IP addresses, which Django takes and mail servers do not."""

    default_validators: ClassVar = [EmailValidator(SUCH_AS_ADDRESS)]

    def __init__(self, **more: Any):
        super().__init__(max_length=254, widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}), **more)
        del self.widget.attrs["maxlength"]

    def clean(self, value: Any) -> Any:
        address = super().clean(value)
        if address and (not mail_domain(address) or '"' in address or not address.isprintable()):
            raise ValidationError(SUCH_AS_ADDRESS)
        return address


class WebsiteField(forms.URLField):
    """An address on the web, typed with or without https://. Never one that is dressed as another, and nothing that cannot be seen."""

    default_validators: ClassVar = [URLValidator(schemes=["http", "https"], message=SUCH_AS_WEBSITE)]
    default_error_messages: ClassVar = {"invalid": SUCH_AS_WEBSITE}

    def __init__(self, **more: Any):
        widget = forms.TextInput({"autocomplete": "url", "inputmode": "url", "spellcheck": "false"})
        super().__init__(max_length=_longest("website"), assume_scheme="https", widget=widget, **more)
        del self.widget.attrs["maxlength"]

    def clean(self, value: Any) -> Any:
        url = super().clean(value)
        if url and not (url.isprintable() and "@" not in urlsplit(url).netloc and mail_domain(f"web@{urlsplit(url).hostname}")):
            raise ValidationError(SUCH_AS_WEBSITE)
        return url


def _ask_kindly(form: forms.Form) -> None:
    """For what was left out, words that say what to do."""
    for field in form.fields.values():
        if not isinstance(field, forms.BooleanField):
            is_choice = isinstance(field, forms.ChoiceField)
            field.error_messages["required"] = _("Please choose one.") if is_choice else _("Please fill this in.")


class QuickSelect(forms.Select):
    """Django's, without a template for each option: of 250 countries that takes longer than the whole rest of the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen, all_attrs = str(value or ""), self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        options = ((code, SafeString(" selected") if code == chosen else "", label) for code, label in self.choices)
        return format_html("<select{}>{}</select>", flatatt(all_attrs), format_html_join("", '<option value="{}"{}>{}</option>', options))


class CountryField(forms.ChoiceField):
    """The countries by name. With `everywhere`, those words are offered as a choice of their own; nothing chosen is never taken for it."""

    def __init__(self, *, everywhere: Any = "", **more: Any):
        first = [("", _("Choose …")), *([(GLOBAL, everywhere)] if everywhere else [])]
        super().__init__(choices=lambda: [*first, *countries], widget=QuickSelect({"autocomplete": "country"}), **more)

    def clean(self, value: Any) -> str:
        code = super().clean(value)
        return "" if code == GLOBAL else str(code)


class EndorseForm(forms.Form):
    """What both kinds have. The steps of the form carry everything along in hidden fields, so that it needs no session."""

    kind: ClassVar[Kind]
    use_required_attribute = False

    email = AddressField(label=_("E-mail address"))
    news = forms.BooleanField(required=False)
    began = forms.CharField(required=False, widget=forms.HiddenInput)
    remarks = forms.CharField(
        required=False, label=_("Leave this empty"), widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"})
    )

    def __init__(self, *args: Any, page: DeclarationPage, **more: Any):
        super().__init__(*args, auto_id="%s", **more)
        _ask_kindly(self)
        for name, purpose in (("news", Purpose.NEWS), ("show_name", Purpose.SHOW_NAME), ("authorised", Purpose.AUTHORITY)):
            if name in self.fields:
                self.fields[name].label = wording(purpose, page)
        if not wording(Purpose.NEWS, page):
            del self.fields["news"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("remarks"):
            self.add_error(
                None,
                _("A field that nobody can see was filled in; some programs that fill in forms do that. It is empty again: please go on."),
            )
        age = _age(str(values.get("began", "")))
        if age is None:
            self.add_error(None, _("Something was lost on the way. Everything you typed is here: please go on."))
        elif 0 <= age < SHORTEST_SECONDS:  # below 0, another host's clock is ahead of ours
            self.add_error(None, _("That was faster than people type, so we ask once more: please go on."))
        return values

    @property
    def clock(self) -> str:
        """When this visitor first saw the form, signed."""
        told = self.data.get("began", "") if self.is_bound else self.initial.get("began", "")
        return told if _age(told) is not None else _clock.sign(str(int(time.time())))

    def carried(self) -> Iterator[tuple[str, str]]:
        """What the next step must get, by name: what was typed, and a tick only when there is one."""
        yield "as", self.kind
        yield "began", self.clock
        for name, field in self.fields.items():
            value = self.data.get(name, "")
            if name in ("began", "remarks") or (isinstance(field, forms.BooleanField) and not self.cleaned_data.get(name)):
                continue
            yield name, value

    def typed(self) -> Typed:
        """What was typed, cleaned; call it on a valid form."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("began", "remarks")}
        return Typed(kind=self.kind, language=get_language() or "", **values)


class OrganisationForm(EndorseForm):
    kind = Kind.ORGANISATION

    name = _line("name", _("Name of the organisation"), autocomplete="organization", help_text=_("In full, as the list will show it."))
    acronym = _line("acronym", _("Acronym"), required=False)
    country = CountryField(label=_("Country of its seat"), everywhere=_("Several countries, or the whole world"))
    website = WebsiteField(
        label=_("Website"),
        required=False,
        help_text=_("If your e-mail address is at the same domain, we know you at once; otherwise we may have to ask."),
    )
    organisation_kind = forms.ChoiceField(label=_("Kind of organisation"), choices=lambda: [("", _("Choose …")), *OrganisationKind.choices])
    signatory = _line("signatory", _("Your name"), autocomplete="name")
    role = _line("role", _("Your role there"), autocomplete="organization-title")
    authorised = forms.BooleanField(error_messages={"required": _("Please tick this; only who may sign for the organisation can.")})

    field_order: ClassVar = ["name", "acronym", "country", "website", "organisation_kind", "signatory", "role", "email"]

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.fields["email"].label = _("Your work e-mail address")
        self.fields["email"].help_text = _("The link to confirm goes there. It is not published.")


class PersonForm(EndorseForm):
    kind = Kind.PERSON

    name = _line("name", _("Your name"), autocomplete="name")
    country = CountryField(label=_("Country"))
    role = _line("role", _("Profession or role"), autocomplete="organization-title", required=False)
    affiliation = _line("affiliation", _("Where you work or what you belong to"), autocomplete="organization", required=False)
    show_name = forms.BooleanField(required=False)

    field_order: ClassVar = ["name", "country", "role", "affiliation", "email"]

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.fields["email"].help_text = _("The link to confirm goes there. It is not published.")


FORMS: dict[str, type[EndorseForm]] = {Kind.ORGANISATION: OrganisationForm, Kind.PERSON: PersonForm}


def _age(began: str) -> float | None:
    """The seconds since the form was shown; None when nobody signed that."""
    try:
        return time.time() - int(_clock.unsign(began))
    except (BadSignature, ValueError):
        return None


# What the holder of a manage link does


class RoleForm(forms.Form):
    """What stands beside the name: an organisation's signatory has a role, a person may have that and an affiliation."""

    use_required_attribute = False

    role = _line("role", _("Role"), autocomplete="organization-title")
    affiliation = _line("affiliation", _("Where you work or what you belong to"), autocomplete="organization", required=False)

    def __init__(self, *args: Any, endorsement: Endorsement, **more: Any):
        initial = {"role": endorsement.role, "affiliation": endorsement.affiliation}
        super().__init__(*args, auto_id="%s", initial=initial, **more)
        _ask_kindly(self)
        if endorsement.is_organisation:
            del self.fields["affiliation"]
        else:
            self.fields["role"].required = False


class AddressForm(forms.Form):
    """One address: of a second person, or of somebody who lost a link."""

    use_required_attribute = False

    email = AddressField(label=_("E-mail address"))

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, auto_id="%s", **more)
        _ask_kindly(self)
