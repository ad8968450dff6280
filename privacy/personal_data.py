"""The personal data of accounts and core: users, emails, links, counts, suppressed addresses."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext_lazy

from core.links.tokens import EXPIRED_KEPT
from core.models import Count, EarlierAddress, MailedLink, OutgoingMail, Suppression
from core.personal_data import Person, PersonalData, Retention, admin_url, fields, register, text


def delete_earlier_address(row: EarlierAddress, *, by: Any, now: datetime) -> None:
    row.delete()


def roles_of(user: Any) -> list[str]:
    return list(user.groups.values_list("name", flat=True))


ACCOUNTS = PersonalData(
    rows=get_user_model()._default_manager.all(),
    section="accounts",
    permission="accounts.change_user",
    people=(
        Person(
            email="email",
            name=lambda user: user.get_full_name(),
            label=text(gettext_lazy("Account to sign in with here")),
            exported=fields(
                "email", name=lambda user: user.get_full_name(), since="date_joined", last_sign_in="last_login", roles=roles_of
            ),
            outcome=gettext_lazy("It stays: the history has to say who did what (Article 17(3)(e)). If they left, untick “Active” there."),
            url=admin_url("wagtailusers_users:edit"),
        ),
    ),
    retention=(Retention(period=None, when="the history says who did what"),),
)
EMAILS = PersonalData(
    rows=OutgoingMail.objects.all(),
    why_not_searched="All emails to an address are exported and erased with it, without being listed one by one.",
    retention=(
        Retention(
            period=timedelta(days=settings.OUTBOX_KEEP_TEXT_DAYS),
            when="after it was sent or given up: the text; at once where it has a personal link",
            done_by="core.mail.delivery.erase_old_mail",
        ),
        Retention(
            period=timedelta(days=settings.OUTBOX_KEEP_ROWS_DAYS),
            when="after it was sent or given up: the rest",
            done_by="core.mail.delivery.erase_old_mail",
        ),
    ),
)
LINKS = PersonalData(
    rows=MailedLink.objects.all(),
    why_not_searched="Only a hash is stored, and what the link is about: a row, or the HMAC of an address.",
    retention=(Retention(period=EXPIRED_KEPT, when="after it has expired", done_by="core.links.tokens.delete_old_links"),),
)
COUNTS = PersonalData(
    rows=Count.objects.all(),
    why_not_searched="Only an HMAC is stored, which gives no address back.",
    retention=(Retention(period=None, when="a window, at most a day", done_by="core.web.throttle.delete_old_counts"),),
)
SUPPRESSIONS = PersonalData(
    rows=Suppression.objects.all(),
    why_not_searched="Only an HMAC is stored; the screen tells of it when its address is typed.",
    retention=(Retention(period=None, when="until its owner wishes otherwise"),),
)
EARLIER_ADDRESSES = PersonalData(
    rows=EarlierAddress.objects.all(),
    why_not_searched="Only an HMAC is stored; a person who asks by a former address is found by it.",
    retention=(
        Retention(
            period=timedelta(days=730),
            when="after the address was replaced; at once when its row is erased",
            expired=lambda moment: Q(replaced_at__lt=moment),
            erase=delete_earlier_address,
        ),
    ),
)

register(ACCOUNTS, EMAILS, LINKS, COUNTS, SUPPRESSIONS, EARLIER_ADDRESSES)
