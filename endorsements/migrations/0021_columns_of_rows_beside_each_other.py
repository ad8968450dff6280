"""What rows need to stand beside each other. The previous release inserts without these columns."""

import django.db.models.deletion
from django.db import migrations, models

STATES = [
    ("pending", "Waiting for the mail to be confirmed"),
    ("confirmed", "Confirmed, waiting for the secretariat"),
    ("held", "Held back"),
    ("listed", "Listed"),
    ("declined", "Declined"),
    ("withdrawn", "Withdrawn"),
    ("erased", "Erased"),
]


class Migration(migrations.Migration):
    dependencies = [("endorsements", "0020_corrected_names")]

    operations = [
        migrations.AddField(
            "bulkactitem",
            "moved_to",
            models.CharField(
                blank=True, choices=STATES, default="", db_default="", help_text="Empty: where the act moved it.", max_length=10
            ),
        ),
        migrations.AddField(
            "endorsement",
            "answers_hash",
            models.CharField(
                blank=True,
                default="",
                db_default="",
                help_text="HMAC of all answers, until it is confirmed: the same answers are one row.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            "endorsement",
            "replaces",
            models.ForeignKey(
                help_text="An earlier one of the same holder, which ends when this one is listed.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="endorsements.endorsement",
                verbose_name="replaces",
            ),
        ),
        migrations.AlterField(
            "endorsement",
            "hold_reason",
            models.CharField(
                blank=True,
                choices=[
                    ("limit", "Many endorsements came from the same place in a short time"),
                    ("moderator", "A colleague wants to look at it again"),
                    ("name", "The role or affiliation now names an organisation that we know, and the address is elsewhere"),
                    ("outranked", "The organisation itself has answered: this was not verified, and left the list"),
                ],
                max_length=10,
                verbose_name="held because",
            ),
        ),
        migrations.AddIndex("endorsement", models.Index(fields=["declaration", "key"], name="endorsement_signatory")),
    ]
