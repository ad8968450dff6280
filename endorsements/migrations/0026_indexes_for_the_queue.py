"""Endorsements by the domain of their address, by network and time, and the newest first."""

from django.db import migrations, models

from endorsements.models.endorsement import MailDomain


class Migration(migrations.Migration):
    dependencies = [("endorsements", "0025_index_of_names")]
    operations = [
        migrations.AddIndex(
            model_name="endorsement", index=models.Index(fields=["network", "submitted_at"], name="endorsement_near")
        ),
        migrations.AddIndex(
            model_name="endorsement", index=models.Index(MailDomain("address_key"), "submitted_at", name="endorsement_domain")
        ),
        migrations.AddIndex(model_name="endorsement", index=models.Index(fields=["submitted_at", "id"], name="endorsement_newest")),
        migrations.RemoveIndex(model_name="endorsement", name="endorsement_network"),
    ]
