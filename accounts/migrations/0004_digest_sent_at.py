"""When each colleague last got the morning email, to repeat it weekly while something is late."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_rename_notification_fields'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='digest_sent_at',
            field=models.DateTimeField(editable=False, help_text='When the last morning email was written.', null=True),
        ),
    ]
