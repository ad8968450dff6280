"""The committee's quorum as a share, and of each vote who recorded it, who was asked, and whether it counts. Nothing is filled in."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0011_fill_search_texts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CommitteeSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quorum_percent', models.PositiveSmallIntegerField(db_default=50, default=50, help_text='How many of the filled seats must vote, without those that take no part because of a conflict of interest. Abstaining counts as voting; seats that cannot be reached count as filled. Applies to ballots opened from now on.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='quorum (percent)')),
            ],
            options={
                'verbose_name': 'Steering committee',
            },
        ),
        migrations.AddField(
            model_name='ballot',
            name='quorum_percent',
            field=models.PositiveSmallIntegerField(help_text='Of the filled seats without the recused. Empty: opened before there was a share.', null=True, verbose_name='quorum in percent'),
        ),
        migrations.AddField(
            model_name='vote',
            name='asked_at',
            field=models.DateTimeField(help_text='When an email with a link to this vote was sent.', null=True, verbose_name='asked'),
        ),
        migrations.AddField(
            model_name='vote',
            name='emailed_at',
            field=models.DateTimeField(help_text='When the last email with a link to this vote was written.', null=True),
        ),
        migrations.AddField(
            model_name='vote',
            name='is_recorded',
            field=models.BooleanField(db_default=False, default=False, help_text='A colleague entered it for the holder of the seat.', verbose_name='recorded'),
        ),
        migrations.AddField(
            model_name='vote',
            name='mail_key',
            field=models.CharField(db_default='', default='', help_text='The key of that email.', max_length=200),
        ),
        migrations.AddField(
            model_name='vote',
            name='not_asked',
            field=models.CharField(choices=[('no_address', 'no email address'), ('unconfirmed', 'email address not confirmed'), ('suppressed', 'wants no email from us'), ('failed', 'the last email could not be delivered'), ('waiting', 'no email sent yet')], db_default='', default='', max_length=12, verbose_name='not asked'),
        ),
        migrations.AddField(
            model_name='vote',
            name='not_counted',
            field=models.CharField(choices=[('seat', 'its seat has ended'), ('membership', 'its membership has ended')], db_default='', default='', max_length=12, verbose_name='not counted'),
        ),
        migrations.AddField(
            model_name='vote',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by'),
        ),
        migrations.AddField(
            model_name='vote',
            name='reminded',
            field=models.CharField(db_default='', default='', help_text='The last reminder: half, or last.', max_length=8),
        ),
        migrations.AlterField(
            model_name='ballot',
            name='quorum',
            field=models.PositiveSmallIntegerField(default=0, help_text='Of a ballot without a share: how many had to take part.', verbose_name='quorum'),
        ),
        migrations.AlterField(
            model_name='ballot',
            name='result',
            field=models.CharField(blank=True, choices=[('adopted', 'The committee agrees'), ('rejected', 'The committee does not agree'), ('objected', 'There is an objection'), ('no_quorum', 'No quorum: too few voted')], max_length=10, verbose_name='result'),
        ),
        migrations.AddIndex(
            model_name='vote',
            index=models.Index(fields=['address_key'], name='vote_address'),
        ),
    ]
