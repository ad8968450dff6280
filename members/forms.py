"""The forms of the coalition in the admin."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from .identity import canonical_address
from .states import TAKEN_ADDRESSES


class OrganisationForm(WagtailAdminModelForm):
    """An organisation with its memberships, seats and contacts."""

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in TAKEN_ADDRESSES:
            raise ValidationError(_("The site needs this address for itself. Choose another."))
        return slug

    def is_valid(self) -> bool:
        """Two contacts of one mailbox are a message here; the database would refuse them."""
        if not super().is_valid():
            return False
        rows = [form.cleaned_data for form in self.formsets["contacts"].forms] if "contacts" in self.formsets else []
        keys = [canonical_address(row["email"]) for row in rows if row.get("email") and not row.get("DELETE")]
        if len(keys) != len(set(keys)):
            self.add_error(None, _("Two contacts have the same e-mail address."))
            return False
        return True
