"""Rename the field `letter` of an application. The column keeps its name, so the previous release can still serve."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0007_suppression")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("application", "letter", "decision_message"),
                migrations.AlterField(
                    "application",
                    "decision_message",
                    models.TextField(
                        blank=True,
                        db_column="letter",
                        help_text="The secretariat's words in the mail of the decision.",
                        max_length=4000,
                        verbose_name="letter",
                    ),
                ),
            ]
        )
    ]
