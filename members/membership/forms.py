"""Forms for members to edit their public profile and contacts."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cms.uploads import refuse_larger
from core.dates import site_today
from core.forms.edit_conflicts import EditConflictForm
from core.forms.fields import LineField, LinesField, MultiLineField
from core.forms.public_form import PublicForm
from core.mail.addresses import canonical_address
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

MAX_DAYS_AHEAD = 366


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
    country = CountryField(label=_("Country where you are based"), allow_global=True)
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


class LeaveForm(PublicForm):
    """The last day of a membership, and why it ends."""

    last_day = forms.DateField(
        label=_("Last day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), help_text=_("Today, or a later day.")
    )
    reason = MultiLineField(
        label=_("Why do you leave?"), max_length=2000, rows=4, required=False, help_text=_("Only the secretariat reads this.")
    )

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if not site_today() <= day <= site_today() + timedelta(days=MAX_DAYS_AHEAD):
            raise forms.ValidationError(_("Choose a day between today and a year from now."))
        return day


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
    shown = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("name", "email", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"  # they are about colleagues, not the visitor


class BaseContactFormSet(forms.BaseFormSet):
    """The contacts of an organisation. `stored` are those stored now: what was changed meanwhile is kept, or is an error."""

    def __init__(self, *args: Any, stored: Sequence[Contact] = (), **kwargs: Any):
        self.stored = {str(contact.pk): contact for contact in stored}
        super().__init__(*args, **kwargs)
        self.initial = [contact_initial(contact) if contact else {} for contact in self._rows(list(stored))]

    def _rows(self, stored: list[Contact]) -> list[Contact | None]:
        """The contacts in the order of the rows that were shown, if any were."""
        prefixes = (self.add_prefix(number) for number in range(MAX_CONTACTS + 8)) if self.is_bound else ()
        shown = [self.data.get(f"{prefix}-shown", "").partition(":")[0] for prefix in prefixes]
        return [self.stored.get(pk) for pk in shown if pk] if any(shown) else list(stored)

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Take this person off")

    def clean(self) -> None:
        """Refuse rows that were changed or removed meanwhile, if the user changed them too."""
        self._refuse_twice()
        shown = [_pk_shown(form) for form in self.forms]
        self.added_meanwhile = [contact for pk, contact in self.stored.items() if pk not in shown and any(shown)]
        self.unchanged_here: dict[str, Contact | None] = {}
        for form, pk in zip(self.forms, shown, strict=True):
            contact = self.stored.get(pk)
            now = _shown_value(contact_initial(contact)) if contact else ""
            if not pk or now == form.cleaned_data.get("shown", ""):
                continue
            if _fingerprint(form.cleaned_data) == form.cleaned_data["shown"].partition(":")[2] and not form.cleaned_data.get("DELETE"):
                self.unchanged_here[pk] = contact
            elif contact is not None or not form.cleaned_data.get("DELETE"):
                form.data = form.data.copy()
                form.data[form.add_prefix("shown")] = now
                if form.cleaned_data.get("DELETE"):  # whose own errors do not count
                    raise forms.ValidationError(_changed_meanwhile(contact))
                form.add_error(None, _changed_meanwhile(contact))

    def _refuse_twice(self) -> None:
        seen: set[str] = set()
        for form in self.forms:
            address = canonical_address(form.cleaned_data.get("email") or "")
            if address and not form.cleaned_data.get("DELETE"):
                if address in seen:
                    form.add_error("email", _("Another contact has this email address."))
                seen.add(address)

    def people(self) -> list[ContactDetails]:
        """Return the contacts that are kept or new, in order; for valid forms."""
        people = []
        for form in self.forms:
            row, pk = form.cleaned_data, _pk_shown(form)
            if pk in self.unchanged_here:
                contact = self.unchanged_here[pk]
                people += [details_of(contact)] if contact else []
            elif row.get("email") and not row.get("DELETE"):
                people.append(_details(row))
        return people + [details_of(contact) for contact in self.added_meanwhile]


def _pk_shown(form: forms.Form) -> str:
    return str(getattr(form, "cleaned_data", {}).get("shown", "")).partition(":")[0]


def _changed_meanwhile(contact: Contact | None) -> str:
    if contact is None:
        return str(_("This person was removed or got another address meanwhile. Save again to add them as you typed it."))
    return _("Somebody changed this meanwhile: %(details)s. Save again to replace that.") % {
        "details": ", ".join(filter(None, (contact.name, contact.email, contact.position, contact.phone, *contact.roles)))
    }


def _details(row: Mapping[str, Any]) -> ContactDetails:
    return ContactDetails(
        **{name: row[name] for name in ("name", "email", "position", "phone")},
        roles=frozenset(role for role in ContactRole.values if row[role]),
    )


def details_of(contact: Contact) -> ContactDetails:
    return _details(contact_initial(contact))


def _shown_value(initial: Mapping[str, Any]) -> str:
    return f"{initial['pk']}:{_fingerprint(initial)}"


def _fingerprint(row: Mapping[str, Any]) -> str:
    names = ("name", "email", "position", "phone", *ContactRole.values)
    return hashlib.blake2s("\n".join(str(row.get(name, "")) for name in names).encode(), digest_size=8).hexdigest()


ContactFormSet: Any = forms.formset_factory(
    ContactForm, formset=BaseContactFormSet, extra=2, can_delete=True, max_num=MAX_CONTACTS, absolute_max=MAX_CONTACTS + 8
)


def contact_initial(contact: Contact) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(contact, name) for name in ("pk", "name", "email", "position", "phone", *ContactRole.values)}
    return values | {"shown": f"{contact.pk}:{_fingerprint(values)}"}
