"""Emails to colleagues who work in the admin: at once about what is urgent, and a digest each morning (`cms.digest`).

They go to everybody whose role decides on such things, unless the person has turned them off in their account. They name organisations
and no person's address: details are shown in the admin.
"""

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
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import Cause, email_template
from core.models import OutgoingMail

from .dashboard import Shortcut, waiting_shortcuts

WHAT_WAITS = "cms.what_waits"  # the purpose of the digest


def colleagues(permission: str = "") -> QuerySet[Any]:
    """Users who have a role (with this permission, if one is named) and want such emails.

    Superusers are included only if they have a role as well: they may do everything, but decide on nothing.
    """
    found = get_user_model()._default_manager.filter(is_active=True, wants_notifications=True, groups__isnull=False).distinct()
    if permission:
        found = found.filter(pk__in=ModelBackend().with_perm(permission, include_superusers=False).values("pk"))
    return found.order_by("pk")


def wants_notifications(mail: OutgoingMail) -> bool:
    """Whether the recipient is still a colleague and has not turned such emails off."""
    return _recipient(mail) is not None


def _recipient(mail: OutgoingMail) -> Any | None:
    return colleagues().filter(email__iexact=mail.recipient).first()


def notify(
    permission: str,
    template: str,
    context: Mapping[str, Any],
    *,
    key: Sequence[object],
    about: str,
    besides: Any = None,
    person: Any = None,
) -> int:
    """Write to every colleague with this permission, except `besides`, who did it. Returns how many emails were stored.

    Only to the `person` who takes care of it, if there is one among them.
    """
    found = colleagues(permission)
    if person is not None and found.filter(pk=person.pk).exists():
        found = found.filter(pk=person.pk)
    others = found.exclude(pk=getattr(besides, "pk", None))
    return sum(_send(user, template, context, key=key, about=about) for user in others)


def send_digest(user: Any, waiting: Sequence[Shortcut], *, day: date, is_new: bool = True) -> bool:
    """The digest of that day; False if it was written before. `is_new`: something has come, and is not only told again."""
    context = {"waiting": [(one.label, one.count, absolute(one.url), one.late) for one in waiting], "is_new": is_new}
    return _send(user, "cms/what_waits", context, key=("what_waits", f"{day:%Y-%m-%d}"), about=f"user:{user.pk}")


def _send(user: Any, template: str, context: Mapping[str, Any], *, key: Sequence[object], about: str) -> bool:
    values = {**context, "account_url": _account_url()}
    return send(template, to=user.email, about=about, key=(*key, "user", user.pk), context=values)


def _account_url() -> str:
    return absolute(reverse("wagtailadmin_account"))


@still_wanted(WHAT_WAITS)
def is_news(mail: OutgoingMail) -> bool:
    """Not if a later digest has been written meanwhile, because the mail server was away, or nothing waits any more."""
    later = OutgoingMail.objects.filter(purpose=mail.purpose, about=mail.about, pk__gt=mail.pk)
    user = _recipient(mail)
    return user is not None and bool(waiting_shortcuts(user)) and not later.exists()


@email_template(
    "cms/what_waits",
    gettext_lazy("Colleagues: what waits for you"),
    to_colleagues=True,
    cause=Cause.COLLEAGUE,
    again=gettext_lazy("when nothing is new, but late"),
)
def _sample_what_waits() -> dict[str, Any]:
    lines = [(_("Endorsements to look at"), 3, absolute("/admin/"), 2), (_("Profile changes"), 1, absolute("/admin/"), 0)]
    return {"waiting": lines, "is_new": True, "account_url": _account_url()}
