"""The fields of a mail text have the names that the code uses. State only: the columns keep theirs."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0004_links_are_not_spent'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mailtext',
            name='letter',
            field=models.CharField(db_column='letter', editable=False, max_length=100, unique=True),
        ),
        migrations.RenameField(model_name='mailtext', old_name='letter', new_name='template'),
        migrations.AlterField(
            model_name='mailtext',
            name='words',
            field=models.JSONField(db_column='words', default=dict, help_text='The edited passages, by name.'),
        ),
        migrations.RenameField(model_name='mailtext', old_name='words', new_name='wording'),
        migrations.AlterField(
            model_name='mailtext',
            name='version',
            field=models.PositiveIntegerField(default=0, help_text='Tells the second of two people who save at once.'),
        ),
    ]
