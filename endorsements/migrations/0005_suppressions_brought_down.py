from django.db import migrations


def bring(apps, schema_editor, source='endorsements', target='members'):
    rows = apps.get_model(source, 'Suppression').objects.values_list('digest', 'created_at')
    model = apps.get_model(target, 'Suppression')
    model.objects.bulk_create([model(digest=digest, created_at=at) for digest, at in rows.iterator()], ignore_conflicts=True)


def bring_back(apps, schema_editor):
    bring(apps, schema_editor, source='members', target='endorsements')


class Migration(migrations.Migration):

    dependencies = [
        ('endorsements', '0004_members_are_asked'),
        ('members', '0007_suppression'),
    ]

    operations = [
        migrations.RunPython(bring, bring_back),
    ]
