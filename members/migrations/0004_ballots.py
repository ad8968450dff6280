import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('members', '0003_applications'),
    ]

    operations = [
        migrations.CreateModel(
            name='Ballot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=[('no_objection', 'Accepted unless somebody objects'), ('majority', 'Accepted by a majority, with a quorum')], max_length=12, verbose_name='rule')),
                ('quorum', models.PositiveSmallIntegerField(default=0, help_text='How many must take part, not counting those who recuse themselves.', verbose_name='quorum')),
                ('state', models.CharField(choices=[('open', 'Open'), ('paused', 'Stopped by an objection'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='open', max_length=10, verbose_name='state')),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='opened')),
                ('closes_at', models.DateTimeField(verbose_name='closes')),
                ('paused_at', models.DateTimeField(null=True, verbose_name='stopped')),
                ('last_vote_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True, verbose_name='closed')),
                ('result', models.CharField(blank=True, choices=[('adopted', 'The committee agrees'), ('rejected', 'The committee does not agree'), ('objected', 'There is an objection'), ('no_quorum', 'Too few took part')], max_length=10, verbose_name='result')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ballots', to='members.application')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'ballot',
                'verbose_name_plural': 'ballots',
                'ordering': ('opened_at', 'pk'),
                'default_permissions': ('view', 'change'),
            },
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation_name', models.CharField(max_length=160, verbose_name='organisation')),
                ('person_name', models.CharField(blank=True, max_length=120, verbose_name='person')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('address_key', models.CharField(blank=True, max_length=254)),
                ('choice', models.CharField(blank=True, choices=[('for', 'For'), ('against', 'Against'), ('abstain', 'Abstain'), ('objection', 'I object, for this reason'), ('recuse', 'I take no part: a conflict of interest')], max_length=10, verbose_name='vote')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('cast_at', models.DateTimeField(null=True, verbose_name='cast')),
                ('ballot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='members.ballot')),
                ('seat', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='votes', to='members.seat')),
            ],
            options={
                'verbose_name': 'vote',
                'verbose_name_plural': 'votes',
                'ordering': ('organisation_name', 'pk'),
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='ballot',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('open', 'paused'))), fields=('application',), name='ballot_once_running'),
        ),
        migrations.AddConstraint(
            model_name='ballot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('result', ''), _negated=True), _connector='OR'), name='ballot_closed_with_result'),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.UniqueConstraint(fields=('ballot', 'seat'), name='vote_once_for_a_seat'),
        ),
    ]
