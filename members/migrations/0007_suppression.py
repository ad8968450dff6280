import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Both members and endorsers may say "this was not me": endorsements/migrations/0005 brings those who did."""

    dependencies = [
        ('members', '0006_known_sizes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'suppression',
                'default_permissions': (),
            },
        ),
    ]
