"""What visitors type: the endorsement of an organisation or a person, and what a holder corrects.

Nothing is dropped without a word: what looks like a robot's gets a sentence and everything typed back.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.forms.honeypot import ByHandForm, ask_kindly
from core.forms.validators import LineField
from endorsements.models import DeclarationPage, Endorsement
from endorsements.states import Kind, Purpose
from members.identity.form_fields import AddressField, CountryField, WebsiteField, line
from members.states import OrganisationKind

from .consents import wording
from .workflow import Typed


def _longest(name: str) -> int:
    return int(getattr(Endorsement._meta.get_field(name), "max_length", 0))


def _line(name: str, label: Any, **more: Any) -> LineField:
    """A line as long as the model's field."""
    return line(_longest(name), label, **more)


class EndorseForm(ByHandForm):
    """What both kinds have. The steps of the form carry everything along in hidden fields, so that it needs no session."""

    kind: ClassVar[Kind]

    email = AddressField(label=_("E-mail address"))
    news = forms.BooleanField(required=False)

    def __init__(self, *args: Any, page: DeclarationPage, **more: Any):
        super().__init__(*args, auto_id="%s", **more)
        ask_kindly(self)
        for name, purpose in (("news", Purpose.NEWS), ("show_name", Purpose.SHOW_NAME), ("authorised", Purpose.AUTHORITY)):
            if name in self.fields:
                self.fields[name].label = wording(purpose, page)
        if not wording(Purpose.NEWS, page):
            del self.fields["news"]

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
    country = CountryField(label=_("Country of its seat"), everywhere=True)
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


# What the holder of a manage link does


class RoleForm(forms.Form):
    """What stands beside the name: an organisation's signatory has a role, a person may have that and an affiliation."""

    use_required_attribute = False

    role = _line("role", _("Role"), autocomplete="organization-title")
    affiliation = _line("affiliation", _("Where you work or what you belong to"), autocomplete="organization", required=False)

    def __init__(self, *args: Any, endorsement: Endorsement, **more: Any):
        initial = {"role": endorsement.role, "affiliation": endorsement.affiliation}
        super().__init__(*args, auto_id="%s", initial=initial, **more)
        ask_kindly(self)
        if endorsement.is_organisation:
            del self.fields["affiliation"]
        else:
            self.fields["role"].required = False


# What a member answers


class DecidingForm(forms.Form):
    """Until when a member decides: a day that is not past, on which it can still endorse."""

    use_required_attribute = False

    until = forms.DateField(label=_("We decide until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, earliest: date, latest: date, **more: Any):
        super().__init__(*args, auto_id="%s", **more)
        ask_kindly(self)
        self.earliest, self.latest = earliest, latest
        self.fields["until"].widget.attrs |= {"min": earliest.isoformat(), "max": latest.isoformat()}

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        if not self.earliest <= day <= self.latest:
            days = {"earliest": date_format(self.earliest, "j F Y"), "latest": date_format(self.latest, "j F Y")}
            raise forms.ValidationError(_("Please choose a day from %(earliest)s to %(latest)s.") % days)
        return day
