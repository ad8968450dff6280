"""Rename a field in Python only: the column keeps its name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("endorsements", "0008_once_an_organisation")]

    operations = [
        migrations.AlterField(
            "invitation",
            "chased_at",
            models.DateTimeField(db_column="chased_at", null=True, verbose_name="reminded"),
        ),
        migrations.RenameField("invitation", "chased_at", "reminded_at"),
    ]
