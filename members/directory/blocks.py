"""A block for pages that lists organisations."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from core.dates import site_today
from members.models import Organisation
from members.states import Role

from .counts import listed_among

# A page of the directory; a link leads to the others.
MOST = 24


class OrganisationsBlock(blocks.StructBlock):
    """Lists the organisations with a role today."""

    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120, help_text=_("A heading over the list. Empty: none."))
    role = blocks.ChoiceBlock(
        choices=Role.choices,
        default=Role.STEERING,
        label=_("Which organisations"),
        help_text=_("Whoever has this role today; change it under Coalition."),
    )

    class Meta:
        icon = "group"
        label = _("Organisations")
        description = _("The organisations with a role in the coalition, kept up to date by itself.")
        template = "blocks/organisations.html"
        preview_value = {"title": _("Steering committee"), "role": Role.STEERING}

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        found = list(Organisation.objects.with_role(value.get("role") or "", site_today())[: MOST + 1])
        organisations = found[:MOST]
        listed = listed_among(organisation.pk for organisation in organisations)
        return context | {"organisations": organisations, "listed": listed, "has_more": len(found) > MOST}
