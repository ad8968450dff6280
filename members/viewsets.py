"""The coalition in the admin: its organisations."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from .models import Organisation


class OrganisationListing(SnippetViewSet):
    model = Organisation
    icon = "group"
    list_display = ("name", "acronym", "place")
    list_filter = ("memberships__category",)


class Coalition(SnippetViewSetGroup):
    menu_label = _("Coalition")
    menu_icon = "group"
    menu_order = 160
    items = (OrganisationListing,)
