"""Declarations in the menu of the admin. What stands in each entry is in its package."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from endorsements.declarations.admin_listing import Declarations
from endorsements.deliveries.admin import Deliveries
from endorsements.imports.admin import Imports
from endorsements.moderation.admin.exports import Exports
from endorsements.moderation.admin.viewsets import Endorsements, Queue
from endorsements.responses.admin import MemberAnswers


class DeclarationsGroup(ViewSetGroup):
    menu_label = _("Declarations")
    menu_icon = "clipboard-list"
    menu_order = 155
    items = (Queue, Declarations, Endorsements, MemberAnswers, Deliveries, Imports, Exports)
