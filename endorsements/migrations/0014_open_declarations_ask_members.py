from django.db import migrations
from django.db.models import F


def plan(apps, schema_editor):
    """Members are asked about what is open, as before; of what was opened more than two weeks ago, nobody is."""
    sign_ons = apps.get_model('endorsements', 'SignOn').objects
    sign_ons.filter(state='open', ask_members_at__isnull=True).update(ask_members_at=F('opened_at'))


class Migration(migrations.Migration):

    dependencies = [
        ('endorsements', '0013_when_members_are_asked'),
    ]

    operations = [
        migrations.RunPython(plan, migrations.RunPython.noop),
    ]
