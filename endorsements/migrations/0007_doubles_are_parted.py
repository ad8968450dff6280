from django.db import migrations
from django.db.models import Count

# As in endorsements/states.py.
LIVE = ('confirmed', 'held', 'listed')


def part(apps, schema_editor):
    """An organisation that stands under a declaration twice is known of the listed one, else the older: the others are for the secretariat
    to merge, and stay as they are until then."""
    live = apps.get_model('endorsements', 'Endorsement').objects.filter(
        state__in=LIVE, confirmed_at__isnull=False, organisation__isnull=False
    )
    twice = live.order_by().values('declaration', 'organisation').annotate(count=Count('pk')).filter(count__gt=1)
    for double in list(twice.values('declaration', 'organisation')):
        first, *others = sorted(live.filter(**double), key=lambda row: (row.state != 'listed', row.pk))
        for row in others:
            row.organisation, row.note = None, f'{row.note}\nThe same organisation as endorsement {first.pk}.'.strip()
            row.save(update_fields=('organisation', 'note'))


class Migration(migrations.Migration):

    dependencies = [
        ('endorsements', '0006_suppression_is_with_members'),
    ]

    operations = [
        migrations.RunPython(part, migrations.RunPython.noop),
    ]
