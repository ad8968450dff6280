import django.db.models.deletion
import django.utils.timezone
import members.models.application
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('members', '0004_ballots'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProfileChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('logo', models.FileField(blank=True, max_length=160, upload_to=members.models.application.private_path, verbose_name='logo')),
                ('state', models.CharField(choices=[('pending', 'Waiting for the secretariat'), ('applied', 'Applied'), ('refused', 'Not applied')], default='pending', max_length=8, verbose_name='state')),
                ('proposed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='proposed')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('reason', models.TextField(blank=True, max_length=1000, verbose_name='reason')),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='members.contact')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='profile_changes', to='members.organisation')),
            ],
            options={
                'verbose_name': 'profile change',
                'verbose_name_plural': 'profile changes',
                'ordering': ('proposed_at', 'pk'),
                'default_permissions': ('view', 'change'),
            },
        ),
        migrations.AddConstraint(
            model_name='profilechange',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('organisation',), name='profile_change_once_pending'),
        ),
    ]
