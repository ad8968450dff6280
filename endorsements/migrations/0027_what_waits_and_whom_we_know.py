"""What waits for the secretariat, and what organisations of the coalition endorsed, without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("endorsements", "0026_indexes_for_the_queue")]
    operations = [
        migrations.AddIndex(
            model_name="endorsement",
            index=models.Index(fields=["state", "declaration", "submitted_at", "id"], name="endorsement_queue"),
        ),
        migrations.AddIndex(
            model_name="endorsement",
            index=models.Index(
                fields=["declaration", "organisation"],
                condition=models.Q(organisation__isnull=False),
                name="endorsement_of_known",
            ),
        ),
    ]
