"""The admin's user pages: list, create and edit."""

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
from wagtail.users.views import users

from core.admin.edit_views import EditConflictMixin

from .emails import send_invitation
from .forms import EditUserForm, NewUserForm
from .models import User

logger = logging.getLogger(__name__)


class UserFilterSet(users.UserFilterSet):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        del self.filters["is_superuser"]
        self.filters["group"].label = _("Role")

    class Meta(users.UserFilterSet.Meta):
        pass


class UserIndexView(users.IndexView):
    """Lists name, address, roles, whether the account is active, and the last sign-in."""

    @cached_property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(users.UserColumn)
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


class UserCreateView(users.CreateView):
    """Invites a user without a password by email. If the email fails, the account stays and a message says what to do."""

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


class UserEditView(EditConflictMixin, users.EditView):
    """Closes superuser accounts to others, who could otherwise take them over."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied(_("This account belongs to the technical administration."))
        return super().dispatch(request, *args, **kwargs)


class UserViewSet(users.UserViewSet):
    """User management without superusers: the secretariat can neither create one nor open the account of one."""

    filterset_class = UserFilterSet
    index_view_class = UserIndexView
    add_view_class = UserCreateView
    edit_view_class = UserEditView

    def get_form_class(self, for_update: bool = False) -> type[NewUserForm | EditUserForm]:
        return EditUserForm if for_update else NewUserForm
