"""The form with which the secretariat edits an organisation in the admin."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from core.mail.addresses import canonical_address
from members.identity.form_fields import CountriesField
from members.states import TAKEN_ADDRESSES


class OrganisationForm(WagtailAdminModelForm):
    """An organisation with its memberships, seats and contacts."""

    # In a list of 250 to choose several from, one click takes all others away.
    countries_of_work = CountriesField(
        label=gettext_lazy("Countries of work"),
        required=False,
        help_text=gettext_lazy("Where it is active: names in English, one a line or with commas between them."),
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in TAKEN_ADDRESSES:
            raise ValidationError(_("The site needs this address for itself. Choose another."))
        return slug

    def is_valid(self) -> bool:
        """Two contacts of one mailbox, or one that takes another's, are a message here; the database would refuse them."""
        if not super().is_valid():
            return False
        forms = self.formsets["contacts"].forms if "contacts" in self.formsets else []
        rows = [form for form in forms if form.cleaned_data.get("email") and not form.cleaned_data.get("DELETE")]
        keys = [canonical_address(row.cleaned_data["email"]) for row in rows]
        former = [canonical_address(row.initial.get("email", "")) for row in rows]
        if len(keys) != len(set(keys)):
            self.add_error(None, _("Two contacts have the same e-mail address."))
        elif any(key in former and key != was for key, was in zip(keys, former, strict=True)):
            self.add_error(None, _("An address is still here with another contact. Move names and roles instead, or save in two steps."))
        return not self.errors
