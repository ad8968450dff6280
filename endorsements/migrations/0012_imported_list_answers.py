"""How a list that is not imported yet is to be read, where that had to be asked."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("endorsements", "0011_renewals_from_the_log"),
    ]

    operations = [
        migrations.AddField(
            model_name="importedlist",
            name="answers",
            field=models.JSONField(default=dict, null=True),
        ),
    ]
