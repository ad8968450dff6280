"""The coalition in the admin: its organisations, and the themes they work on."""

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from .models import Organisation, Theme
from .states import Category


class OrganisationFilterSet(WagtailFilterSet):
    category = django_filters.ChoiceFilter(
        field_name="memberships__category", choices=Category.choices, distinct=True, label=_("Belongs, or belonged, as")
    )

    class Meta:
        model = Organisation
        fields = ()


class OrganisationListing(SnippetViewSet):
    model = Organisation
    icon = "group"
    list_display = ("name", "acronym", "place")
    filterset_class = OrganisationFilterSet


class ThemeListing(SnippetViewSet):
    model = Theme
    icon = "tag"
    list_display = ("name", "slug")


class Coalition(SnippetViewSetGroup):
    menu_label = _("Coalition")
    menu_icon = "group"
    menu_order = 160
    items = (OrganisationListing, ThemeListing)
