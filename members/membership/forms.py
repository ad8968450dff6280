"""What a member corrects by the link in a mail: its public profile, and its contacts. And a vote of the steering committee."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.uploads import refuse_larger
from core.forms.edit_conflicts import WrittenTogether
from core.forms.honeypot import ask_kindly
from members.identity.form_fields import (
    GLOBAL,
    AddressField,
    CountriesField,
    CountryField,
    LinesField,
    TextField,
    WebsiteField,
    YearField,
    line,
    phone,
)
from members.models import Ballot, Contact, Theme
from members.states import NEEDS_REASON, Choice, ContactRole, OrganisationKind

from .workflow import MOST_CONTACTS, Person


class ProfileForm(WrittenTogether):
    """The public fields, filled with what stands there or was proposed last, and a new logo."""

    use_required_attribute = False

    name = line(160, _("Name of the organisation"), autocomplete="organization")
    acronym = line(40, _("Acronym"), required=False)
    aliases = LinesField(1000, _("Other names"), required=False, help_text=_("Former names, and names in other languages, one a line."))
    country = CountryField(label=_("Country of its seat"), required=False, everywhere=True)
    countries_of_work = CountriesField(
        _("Countries where it works"), required=False, help_text=_("Names in English, one a line or with commas between them.")
    )
    kind = forms.ChoiceField(
        label=_("Kind of organisation"), required=False, choices=lambda: [("", _("Choose …")), *OrganisationKind.choices]
    )
    founded = YearField()
    website = WebsiteField(label=_("Website"), required=False)
    summary = TextField(400, _("In a few words"), rows=4, required=False, help_text=_("What it does for health workers. Two sentences."))
    themes = forms.MultipleChoiceField(label=_("Themes"), required=False, widget=forms.CheckboxSelectMultiple)
    logo = forms.FileField(
        label=_("New logo"), required=False, max_length=500, help_text=_("A picture: JPEG, PNG, GIF or WebP, at least 400 pixels wide.")
    )

    def __init__(self, *args: Any, stands: dict[str, Any], **more: Any):
        """`stands` is as `self_service.profile_of` has it."""
        self.stands = stands | {
            "aliases": "\n".join(stands["aliases"].splitlines()),
            "summary": stands["summary"].replace("\r\n", "\n"),
            "countries_of_work": sorted(stands["countries_of_work"]),
        }
        super().__init__(*args, auto_id="%s", initial=self.stands | {"country": stands["country"] or GLOBAL}, **more)
        ask_kindly(self)
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

    def differing(self) -> dict[str, Any]:
        """The fields, cleaned, that are not as the form showed them."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "logo"}
        if "themes" in values:
            values["themes"] = sorted(values["themes"])
        return {name: value for name, value in values.items() if value != self.stands[name]}


class ContactForm(forms.Form):
    """A person at the organisation."""

    use_required_attribute = False

    name = line(120, _("Name"))
    email = AddressField(label=_("E-mail address"))
    position = line(120, _("Role there"), required=False)
    phone = phone()
    voting = forms.BooleanField(required=False, label=_("Voting representative: endorses, and confirms once a year"))
    alternate = forms.BooleanField(required=False, label=_("Alternate: is asked where there is no voting representative"))
    communications = forms.BooleanField(required=False, label=_("Communications: for campaigns and the press"))
    finance = forms.BooleanField(required=False, label=_("Finance: for money and contracts"))

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        ask_kindly(self)
        for name in ("name", "email", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"  # of colleagues, not of who types


class BaseContacts(forms.BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Take this person off")

    def people(self) -> list[Person]:
        """Those who stay or are new, in order; call it on valid forms."""
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return [
            Person(
                **{name: row[name] for name in ("name", "email", "position", "phone")},
                roles=frozenset(role for role in ContactRole.values if row[role]),
            )
            for row in kept
            if row.get("email")
        ]


ContactsForm = forms.formset_factory(
    ContactForm, formset=BaseContacts, extra=2, can_delete=True, max_num=MOST_CONTACTS, absolute_max=MOST_CONTACTS + 8
)


def row_of(contact: Contact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in ("name", "email", "position", "phone", *ContactRole.values)}


class VoteForm(forms.Form):
    use_required_attribute = False

    choice = forms.ChoiceField(label=_("Your vote"), widget=forms.RadioSelect)
    reason = TextField(
        2000,
        _("Reason"),
        rows=4,
        required=False,
        help_text=_("Needed with an objection or a conflict of interest; the whole committee reads it."),
    )

    def __init__(self, *args: Any, ballot: Ballot, **more: Any):
        super().__init__(*args, auto_id="%s", **more)
        self.fields["choice"].choices = [(str(choice), choice.label) for choice in ballot.choices]  # type: ignore[attr-defined]
        self.fields["reason"].is_needed = True  # type: ignore[attr-defined]
        ask_kindly(self)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        choice = values.get("choice")
        if choice and Choice(choice) in NEEDS_REASON and not values.get("reason") and "reason" not in self.errors:
            self.add_error("reason", gettext("Please give a reason, in a sentence or two."))
        return values
