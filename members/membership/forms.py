"""Forms for members to edit their public profile and contacts."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cms.uploads import refuse_larger
from core.forms.edit_conflicts import EditConflictForm
from core.forms.fields import LineField, LinesField, MultiLineField
from core.forms.public_form import PublicForm
from core.mail.form_fields import EmailAddressField, WebsiteField
from members.identity.form_fields import (
    GLOBAL,
    CountriesField,
    CountryField,
    OrganisationKindField,
    PhoneField,
    YearField,
)
from members.models import Contact, Theme
from members.states import ContactRole

from .workflow import MAX_CONTACTS, ContactDetails


class ProfileForm(EditConflictForm):
    """The public fields, filled with public or last proposed values, and a new logo.

    Not a ModelForm, because it proposes changes and leaves the organisation as it is.
    """

    name = LineField(label=_("Name of the organisation"), max_length=160, autocomplete="organization")
    acronym = LineField(label=_("Acronym"), max_length=40, required=False)
    aliases = LinesField(
        label=_("Other names"),
        max_length=1000,
        required=False,
        help_text=_("Former names, and names in other languages, one a line."),
    )
    country = CountryField(label=_("Country of its seat"), required=False, allow_global=True)
    countries_of_work = CountriesField(
        label=_("Countries where it works"), required=False, help_text=_("Names in English, one a line or with commas between them.")
    )
    kind = OrganisationKindField(required=False)
    founded = YearField()
    website = WebsiteField(label=_("Website"), required=False)
    summary = MultiLineField(
        label=_("In a few words"),
        max_length=400,
        rows=4,
        required=False,
        help_text=_("What it does for health workers. Two sentences."),
    )
    themes = forms.MultipleChoiceField(label=_("Themes"), required=False, widget=forms.CheckboxSelectMultiple)
    logo = forms.FileField(
        label=_("New logo"),
        required=False,
        max_length=500,
        help_text=_("A picture (JPEG, PNG, HEIC, WebP or GIF), at least 400 pixels wide."),
    )

    def __init__(self, *args: Any, profile: dict[str, Any], **kwargs: Any):
        """`profile` has the fields of `workflow.current_profile`."""
        self.profile = profile | {
            "aliases": "\n".join(profile["aliases"].splitlines()),
            "summary": profile["summary"].replace("\r\n", "\n"),
            "countries_of_work": sorted(profile["countries_of_work"]),
        }
        super().__init__(*args, initial=self.profile | {"country": profile["country"] or GLOBAL}, **kwargs)
        themes = list(Theme.objects.values_list("slug", "name"))
        self.fields["themes"].choices = themes  # type: ignore[attr-defined]
        if not themes:
            del self.fields["themes"]
        self.fields["logo"].error_messages["empty"] = _("This file is empty.")

    def clean_logo(self) -> Any:
        logo = self.cleaned_data.get("logo")
        if logo:
            refuse_larger(logo, settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE)
        return logo

    def changed_values(self) -> dict[str, Any]:
        """Return the cleaned values of changed fields."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "logo"}
        if "themes" in values:
            values["themes"] = sorted(values["themes"])
        return {name: value for name, value in values.items() if value != self.profile[name]}


class ContactForm(PublicForm):
    """A person at the organisation."""

    name = LineField(label=_("Name"), max_length=120)
    email = EmailAddressField(label=_("E-mail address"))
    position = LineField(label=_("Role there"), max_length=120, required=False)
    phone = PhoneField()
    voting = forms.BooleanField(required=False, label=_("Voting representative: endorses, and confirms once a year"))
    alternate = forms.BooleanField(required=False, label=_("Alternate: is asked where there is no voting representative"))
    communications = forms.BooleanField(required=False, label=_("Communications: for campaigns and the press"))
    finance = forms.BooleanField(required=False, label=_("Finance: for money and contracts"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("name", "email", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"  # they are about colleagues, not the visitor


class BaseContactFormSet(forms.BaseFormSet):
    """The contacts of an organisation."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Take this person off")

    def people(self) -> list[ContactDetails]:
        """Return the contacts that are kept or new, in order; for valid forms."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return [
            ContactDetails(
                **{name: row[name] for name in ("name", "email", "position", "phone")},
                roles=frozenset(role for role in ContactRole.values if row[role]),
            )
            for row in rows
            if row.get("email")
        ]


ContactFormSet = forms.formset_factory(
    ContactForm, formset=BaseContactFormSet, extra=2, can_delete=True, max_num=MAX_CONTACTS, absolute_max=MAX_CONTACTS + 8
)


def contact_initial(contact: Contact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in ("name", "email", "position", "phone", *ContactRole.values)}
