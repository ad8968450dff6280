"""Rename two fields in Python only: the columns keep their names."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_told_by_mail")]

    operations = [
        migrations.AlterField(
            "user",
            "hears_what_waits",
            models.BooleanField(db_column="hears_what_waits", default=True, verbose_name="send me mails about what waits for me"),
        ),
        migrations.RenameField("user", "hears_what_waits", "wants_notifications"),
        migrations.AlterField(
            "user",
            "told_at",
            models.DateTimeField(
                db_column="told_at",
                default=django.utils.timezone.now,
                editable=False,
                help_text="When open work was last checked for this user's morning email.",
            ),
        ),
        migrations.RenameField("user", "told_at", "digest_checked_at"),
    ]
