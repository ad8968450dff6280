import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_users")]

    operations = [
        migrations.AddField(
            "user",
            "hears_what_waits",
            models.BooleanField(default=True, verbose_name="send me mails about what waits for me"),
        ),
        migrations.AddField(
            "user",
            "told_at",
            models.DateTimeField(
                default=django.utils.timezone.now, editable=False, help_text="When it was last looked what waits for this person."
            ),
        ),
    ]
