from django.db import DataError, IntegrityError, migrations, transaction

from core.mail.addresses import url_with_ascii_host, with_ascii_host

ADDRESSES = {
    ("accounts", "User"): ["email"],
    ("members", "Application"): ["email", "representative_email", "second_email"],
    ("members", "Invitation"): ["email"],
    ("members", "Contact"): ["email"],
    ("members", "Seat"): ["person_email", "alternate_email"],
    ("members", "Vote"): ["email"],
    ("endorsements", "Endorsement"): ["email", "second_email"],
}
WEBSITES = {
    ("members", "Application"): ["website"],
    ("members", "Organisation"): ["website"],
    ("endorsements", "Endorsement"): ["website"],
    ("endorsements", "InitialSignatory"): ["website"],
}


def encode(apps, schema_editor):
    """Only a few rows have another host. Keys that identify somebody are of such a form already."""
    for tables, encoded in ((ADDRESSES, with_ascii_host), (WEBSITES, url_with_ascii_host)):
        for (app, name), fields in tables.items():
            for field in fields:
                rows = apps.get_model(app, name)._default_manager.filter(**{f"{field}__regex": "[^!-~]"})
                for pk, was in list(rows.values_list("pk", field)):
                    if was != (now := encoded(was)):
                        _store(rows.model, pk, field, now)


def _store(model, pk, field, value):
    """What has no room, or is there in both spellings, stays as it was typed."""
    try:
        with transaction.atomic():
            model._default_manager.filter(pk=pk).update(**{field: value})
    except (IntegrityError, DataError):
        pass


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_email_template_names"),
        ("accounts", "0003_rename_notification_fields"),
        ("members", "0008_decision_message"),
        ("endorsements", "0009_rename_reminded_at"),
    ]

    # The spelling in Unicode comes back on the screen only: both mean the same, and the release before reads both.
    operations = [migrations.RunPython(encode, migrations.RunPython.noop)]
