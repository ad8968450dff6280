"""The forms of the coalition in the admin."""

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from .identity import canonical_address


class OrganisationForm(WagtailAdminModelForm):
    """An organisation with its memberships, seats and contacts."""

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
