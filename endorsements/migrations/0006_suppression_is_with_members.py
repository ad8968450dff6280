from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('endorsements', '0005_suppressions_brought_down'),
    ]

    operations = [
        migrations.DeleteModel(
            name='Suppression',
        ),
    ]
