"""The forms to endorse, as an organisation or as a person, and to correct a role."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.forms.fields import LineField, max_length_of
from core.forms.honeypot import HoneypotForm
from core.forms.public_form import PublicForm
from core.mail.form_fields import EmailAddressField, WebsiteField
from endorsements.models import DeclarationPage, Endorsement
from endorsements.models.name_change import name_of_endorsement
from endorsements.states import Kind, Purpose
from members.identity.form_fields import GLOBAL, CountryField, OrganisationKindField

from .consents import wording
from .submission import Submission


def _line(name: str, label: Any, **more: Any) -> LineField:
    """A text input with the maximum length of the model's field."""
    return LineField(label=label, max_length=max_length_of(Endorsement, name), **more)


class EndorseForm(HoneypotForm):
    """The fields of both kinds. The form's steps pass all values on in hidden fields, so that it needs no session."""

    kind: ClassVar[Kind]

    email = EmailAddressField(label=_("E-mail address"))
    news = forms.BooleanField(required=False)

    def __init__(self, *args: Any, page: DeclarationPage, **more: Any):
        super().__init__(*args, **more)
        for name, purpose in (("news", Purpose.NEWS), ("show_name", Purpose.SHOW_NAME), ("authorised", Purpose.AUTHORITY)):
            if name in self.fields:
                self.fields[name].label = wording(purpose, page)
        if not wording(Purpose.NEWS, page):
            del self.fields["news"]

    def hidden_values(self) -> Iterator[tuple[str, str]]:
        """Name and value of each hidden field of the next step. Unticked checkboxes are left out."""
        yield "as", self.kind
        yield "began", self.began_signed
        for name, field in self.fields.items():
            value = self.data.get(name, "")
            if name in ("began", "remarks") or (isinstance(field, forms.BooleanField) and not self.cleaned_data.get(name)):
                continue
            yield name, value

    def submission(self) -> Submission:
        """The cleaned values of a valid form."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("began", "remarks")}
        return Submission(kind=self.kind, language=get_language() or "", **values)


class OrganisationForm(EndorseForm):
    kind = Kind.ORGANISATION

    name = _line("name", _("Name of the organisation"), autocomplete="organization", help_text=_("In full, as the list will show it."))
    acronym = _line("acronym", _("Acronym"), required=False)
    country = CountryField(label=_("Country of its seat"), allow_global=True)
    website = WebsiteField(
        label=_("Website"),
        required=False,
        help_text=_("We can check it faster if your email address is at the same domain."),
    )
    organisation_kind = OrganisationKindField()
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


class RoleForm(PublicForm):
    """The role beside the name; for a person also the affiliation."""

    role = _line("role", _("Role"), autocomplete="organization-title")
    affiliation = _line("affiliation", _("Where you work or what you belong to"), autocomplete="organization", required=False)

    def __init__(self, *args: Any, endorsement: Endorsement, **more: Any):
        initial = {"role": endorsement.role, "affiliation": endorsement.affiliation}
        super().__init__(*args, initial=initial, **more)
        if endorsement.is_organisation:
            del self.fields["affiliation"]
        else:
            self.fields["role"].required = False


class NameForm(PublicForm):
    """The name as the list shows it. An organisation also has an acronym and a website."""

    name = _line("name", _("Name"))
    acronym = _line("acronym", _("Acronym"), required=False)
    country = CountryField(label=_("Country"), allow_global=True)
    website = WebsiteField(label=_("Website"), required=False)

    def __init__(self, *args: Any, endorsement: Endorsement, initial: Any = None, **more: Any):
        super().__init__(*args, initial={**_shown_name(endorsement), **(initial or {})}, **more)
        if not endorsement.is_organisation:
            del self.fields["acronym"], self.fields["website"]
            self.fields["country"].choices = CountryField().choices


def _shown_name(endorsement: Endorsement) -> dict[str, str]:
    values = name_of_endorsement(endorsement)
    return values | {"country": values["country"] or (GLOBAL if endorsement.is_organisation else "")}
