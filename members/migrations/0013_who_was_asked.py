"""When the yearly question was written and sent, and since when nobody can be asked. Of existing memberships nobody is said to be asked."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0012_quorum_and_recorded_votes'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='asked_about',
            field=models.DateField(editable=False, help_text='The last confirmation when the question was written.', null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='asked_count',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False, help_text='To how many addresses it was sent.', verbose_name='asked'),
        ),
        migrations.AddField(
            model_name='membership',
            name='asked_on',
            field=models.DateField(editable=False, help_text='When an email with the question was first sent.', null=True, verbose_name='asked on'),
        ),
        migrations.AddField(
            model_name='membership',
            name='next_request_on',
            field=models.DateField(editable=False, help_text='When to remind, or to try again.', null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='reach_checked_on',
            field=models.DateField(editable=False, help_text='When it was last checked whether somebody can be asked.', null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='request_on',
            field=models.DateField(editable=False, help_text='When the question was written.', null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='unreachable_since',
            field=models.DateField(db_index=True, editable=False, null=True, verbose_name='cannot be asked since'),
        ),
    ]
