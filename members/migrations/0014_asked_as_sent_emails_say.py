"""Members count as asked where the outbox still shows that an email with this year's question was sent; all others are asked anew."""

from datetime import date, timedelta
from typing import Any

from django.db import migrations
from django.utils import timezone

YEAR, ANSWER = timedelta(days=365), timedelta(days=90)
STEPS = (14, 30, 75)
PORTION = 500


def remember_sent_emails(apps: Any, schema_editor: Any) -> None:
    mails = apps.get_model("core", "OutgoingMail").objects.using(schema_editor.connection.alias)
    sent = mails.filter(purpose="members.year", state="sent", key__startswith="contact:", finished_at__isnull=False)
    after = 0
    while rows := list(sent.filter(pk__gt=after).order_by("pk").values_list("pk", "key", "finished_at")[:PORTION]):
        after = rows[-1][0]
        _remember(apps, schema_editor, [(*_parts(key), timezone.localdate(when)) for _pk, key, when in rows if _parts(key)])


def _parts(key: str) -> tuple[int, date] | None:
    """Contact and due day of a key such as "contact:17:year:2026-11-30:0"."""
    match key.split(":"):
        case ["contact", contact, "year", day, _step] if contact.isdecimal():
            try:
                return int(contact), date.fromisoformat(day)
            except ValueError:
                return None
    return None


def _remember(apps: Any, schema_editor: Any, sent: list[tuple[int, date, date]]) -> None:
    alias = schema_editor.connection.alias
    contacts = apps.get_model("members", "Contact").objects.using(alias)
    memberships = apps.get_model("members", "Membership").objects.using(alias)
    organisation_of = dict(contacts.filter(pk__in={contact for contact, _due, _day in sent}).values_list("pk", "organisation"))
    addresses: dict[tuple[int, date], set[int]] = {}
    for contact, due_on, day in sent:
        if contact not in organisation_of:
            continue
        about = due_on - YEAR
        seen = addresses.setdefault((organisation_of[contact], due_on), set())
        seen.add(contact)
        for row in memberships.filter(organisation=organisation_of[contact]):
            if (row.confirmed_on or row.recorded_on) == about:
                asked_on = min(row.asked_on or day, day)
                memberships.filter(pk=row.pk).update(
                    asked_about=about,
                    request_on=asked_on,
                    asked_on=asked_on,
                    asked_count=max(row.asked_count, len(seen)),
                    next_request_on=_next(asked_on),
                )


def _next(asked_on: date) -> date:
    days = (asked_on + timedelta(days=step) for step in STEPS)
    return next((day for day in days if day > timezone.localdate()), asked_on + ANSWER)


class Migration(migrations.Migration):
    dependencies = [("members", "0013_who_was_asked"), ("core", "0005_email_template_names")]

    operations = [migrations.RunPython(remember_sent_emails, migrations.RunPython.noop)]
