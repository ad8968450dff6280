"""What applicants and colleagues were reminded of, remembered on the application."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', "0018_contacts_confirm_their_address"),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='late_told_for',
            field=models.DateField(help_text='The promised day that colleagues were told has passed.', null=True),
        ),
        migrations.AddField(
            model_name='application',
            name='reminded_after',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='The last reminder of the questions, in days after they were asked.'),
        ),
    ]
