"""The admin's listing of users."""

import logging
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import BooleanColumn, BulkActionsCheckboxColumn, Column, DateColumn
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.users.views.users import CreateView, DeleteView, EditView, IndexView, UserColumn, UserFilterSet, UserViewSet

from .emails import send_invitation
from .forms import ChangeUserForm, NewUserForm
from .models import User

logger = logging.getLogger(__name__)
