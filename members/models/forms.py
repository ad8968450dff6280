"""The form to edit an organisation in the admin."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from members.identity.form_fields import CountriesField
from members.states import RESERVED_SLUGS


class OrganisationForm(WagtailAdminModelForm):
    """An organisation with its memberships and seats. Its contacts have forms of their own."""

    # Not a multiple select: one careless click there drops all other countries.
    countries_of_work = CountriesField(
        label=gettext_lazy("Countries of work"),
        required=False,
        help_text=gettext_lazy("Where it is active: names in English, one a line or with commas between them."),
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED_SLUGS:
            raise ValidationError(_("The site needs this address for itself. Choose another."))
        return slug
