from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0008_email_limit_state")]

    operations = [
        migrations.AddField("contentversion", "purged", models.PositiveBigIntegerField(db_default=0, default=0)),
    ]
