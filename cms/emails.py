"""Mails to those who work in the admin: at once what cannot wait, and each morning all that waits (`cms.digest`).

They go to whoever has a role that decides on such things, unless the person has turned them off in their account. They name
organisations, and nobody's address: what there is to know stands in the admin.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.absolute_urls import absolute
from core.mail.outbox import enqueue, still_wanted
from core.mail.templates import compose, letter
from core.models import OutgoingMail

from .dashboard import Shortcut, what_waits

WHAT_WAITS = "cms.what_waits"

logger = logging.getLogger(__name__)


def colleagues(permission: str = "") -> QuerySet[Any]:
    """Who has a role, with this permission if one is named, and wants to be told.

    Not the technical administration, which may do everything and decides on nothing, unless it has a role as well.
    """
    told = get_user_model()._default_manager.filter(is_active=True, wants_notifications=True, groups__isnull=False).distinct()
    if permission:
        told = told.filter(pk__in=ModelBackend().with_perm(permission, include_superusers=False).values("pk"))
    return told.order_by("pk")


def wants_to_hear(mail: OutgoingMail) -> bool:
    """Whether whom the mail goes to still works here and has not turned such mails off."""
    return _addressee(mail) is not None


def _addressee(mail: OutgoingMail) -> Any | None:
    return colleagues().filter(email__iexact=mail.recipient).first()


def tell(permission: str, letter_name: str, context: Mapping[str, Any], *, key: str, about: str, besides: Any = None) -> int:
    """Write to every colleague who decides on it, but for the one who did it, once for each key. Returns how many mails were stored.

    Call it in the transaction of the change. A colleague with an address that no mail can have keeps nobody else from anything.
    """
    return sum(
        _write(user, letter_name, context, key=key, about=about) for user in colleagues(permission).exclude(pk=getattr(besides, "pk", None))
    )


def tell_what_waits(user: Any, waiting: Sequence[Shortcut], *, day: date) -> bool:
    """The mail of that day; False when there is one."""
    context = {"waiting": [(one.label, one.count, absolute(one.url)) for one in waiting]}
    return _write(user, "cms/what_waits", context, key=f"what_waits:{day:%Y-%m-%d}", about=f"user:{user.pk}")


def _write(user: Any, letter_name: str, context: Mapping[str, Any], *, key: str, about: str) -> bool:
    message = compose(letter_name, to=user.email, context={**context, "account_url": _account()})
    try:
        return enqueue(message, key=f"{key}:user:{user.pk}", purpose=letter_name.replace("/", "."), about=about)
    except ValueError:
        logger.warning("user %s has an address that no mail can have", user.pk)
        return False


def _account() -> str:
    return absolute(reverse("wagtailadmin_account"))


@still_wanted(WHAT_WAITS)
def is_news(mail: OutgoingMail) -> bool:
    """Not when the next one has been written meanwhile, because a mail server was away, or when nothing waits any more."""
    later = OutgoingMail.objects.filter(purpose=mail.purpose, about=mail.about, pk__gt=mail.pk)
    user = _addressee(mail)
    return user is not None and bool(what_waits(user)) and not later.exists()


@letter("cms/what_waits", gettext_lazy("Colleagues: what waits for you"))
def _sample_what_waits() -> dict[str, Any]:
    lines = [(_("Endorsements to look at"), 3, absolute("/admin/")), (_("Profile changes"), 1, absolute("/admin/"))]
    return {"waiting": lines, "account_url": _account()}
