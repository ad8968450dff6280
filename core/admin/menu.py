"""Entries of the admin's menus that stand there only for those who may follow them."""

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem


def menu_item_for(permission: str) -> type[MenuItem]:
    """A kind of entry for those who hold the permission ("members.view_application")."""

    class Item(MenuItem):
        def is_shown(self, request: HttpRequest) -> bool:
            return bool(request.user.has_perm(permission))

    return Item
