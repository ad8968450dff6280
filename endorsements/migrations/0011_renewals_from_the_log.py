from django.db import migrations

PORTION = 1000


def store(apps, schema_editor):
    """When endorsements were renewed stands in the audit log only: the newest entry of each counts."""
    endorsements = apps.get_model('endorsements', 'Endorsement').objects
    logged = apps.get_model('wagtailcore', 'ModelLogEntry').objects.filter(action='endorsements.renew').order_by('timestamp', 'pk')
    for pk, moment in logged.values_list('object_id', 'timestamp').iterator(PORTION):
        endorsements.filter(pk=int(pk)).update(renewed_at=moment)


class Migration(migrations.Migration):

    dependencies = [
        ('endorsements', '0010_what_was_delivered_undone_and_renewed'),
    ]

    operations = [
        migrations.RunPython(store, migrations.RunPython.noop),
    ]
