"""Uniqueness protects what is listed. Going back needs data that the former constraints allow."""

from django.db import migrations
from django.db.models import Q, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("endorsements", "0021_columns_of_rows_beside_each_other")]

    operations = [
        migrations.AddConstraint(
            "endorsement",
            UniqueConstraint(fields=("declaration", "key"), condition=Q(state="listed"), name="endorsement_listed_once"),
        ),
        migrations.AddConstraint(
            "endorsement",
            UniqueConstraint(
                fields=("declaration", "organisation"),
                condition=Q(state="listed", organisation__isnull=False),
                name="endorsement_organisation_listed_once",
            ),
        ),
        migrations.AddConstraint(
            "endorsement",
            UniqueConstraint(
                fields=("declaration", "answers_hash", "state"),
                condition=Q(state__in=("pending", "held"), confirmed_at__isnull=True) & ~Q(answers_hash=""),
                name="endorsement_same_answers_once",
            ),
        ),
        migrations.RemoveConstraint("endorsement", "endorsement_once_live"),
        migrations.RemoveConstraint("endorsement", "endorsement_once_organisation"),
        migrations.RemoveConstraint("endorsement", "endorsement_once_unconfirmed"),
    ]
