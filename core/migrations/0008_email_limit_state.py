"""An email may be kept back by a limit. Only the choices change, which no database stores."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0007_earlier_addresses")]

    operations = [
        migrations.AlterField(
            model_name="outgoingmail",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("sending", "Being sent"),
                    ("sent", "Sent"),
                    ("failed", "Could not be sent"),
                    ("unwanted", "No longer wanted"),
                    ("limited", "Email limit reached"),
                ],
                default="waiting",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
