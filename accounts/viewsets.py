"""The admin's listing of users."""

import logging
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.users.views.users import CreateView, EditView, IndexView, UserColumn, UserFilterSet, UserViewSet

from .emails import send_invitation
from .forms import ChangeUserForm, NewUserForm
from .models import User

logger = logging.getLogger(__name__)


class PeopleFilterSet(UserFilterSet):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        del self.filters["is_superuser"]
        self.filters["group"].label = _("Role")

    class Meta(UserFilterSet.Meta):
        pass


class PeopleView(IndexView):
    """Name, address, roles, whether the account works, the last sign-in."""

    @cached_property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(UserColumn)
        return [
            title("name", accessor=str, label=gettext_lazy("Name"), sort_key="name", get_url=self.get_edit_url, classname="name"),
            Column("email", label=gettext_lazy("E-mail address"), sort_key="email", width="25%"),
            Column("roles", accessor=_roles, label=gettext_lazy("Roles"), width="20%"),
            BooleanColumn("is_active", label=gettext_lazy("Active"), sort_key="is_active", width="10%"),
            DateColumn("last_login", label=gettext_lazy("Last sign-in"), sort_key="last_login", width="15%"),
        ]

    @cached_property
    def search_fields(self) -> set[str]:
        return {"name", "email"}

    def get_base_queryset(self) -> QuerySet[User]:
        return super().get_base_queryset().prefetch_related("groups")

    def order_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.order_by(self.ordering) if self.ordering in ("name", "-name") else super().order_queryset(queryset)


def _roles(user: User) -> str:
    return ", ".join(sorted(group.name for group in user.groups.all()))


class InviteView(CreateView):
    """Without a password the person is invited by e-mail. A mail server that is down does not lose the account, and is told."""

    def save_instance(self) -> User:
        user: User = super().save_instance()
        if not self.form.cleaned_data.get("password1"):
            user.set_unusable_password()
            user.save(update_fields=["password"])
            self._invite(user)
        return user

    def _invite(self, user: User) -> None:
        try:
            send_invitation(user)
        except OSError:
            logger.exception("the invitation to a new user was not sent")
            messages.warning(
                self.request,
                _("The e-mail to %(address)s could not be sent. Ask the person to choose “Forgot your password?” at the sign-in.")
                % {"address": user.email},
            )


class ChangeView(EditView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied(_("This account belongs to the technical administration."))
        return super().dispatch(request, *args, **kwargs)


class PeopleViewSet(UserViewSet):
    """Whoever may change users could otherwise become a superuser by taking over a superuser's account."""

    filterset_class = PeopleFilterSet
    index_view_class = PeopleView
    add_view_class = InviteView
    edit_view_class = ChangeView

    def get_form_class(self, for_update: bool = False) -> type[NewUserForm | ChangeUserForm]:
        return ChangeUserForm if for_update else NewUserForm
