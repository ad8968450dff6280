"""Entries of the menu "Declarations" that stand there only for those who may follow them."""

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem
from wagtail.permissions import ModelPermissionPolicy

from ..models import Endorsement


def item_for(action: str) -> type[MenuItem]:
    """A kind of entry for whoever may do this ("view", "change", "export") with endorsements."""

    class Item(MenuItem):
        def is_shown(self, request: HttpRequest) -> bool:
            return bool(ModelPermissionPolicy(Endorsement).user_has_permission(request.user, action))

    return Item
