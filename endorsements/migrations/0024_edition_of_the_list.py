"""A number by which a list's files know that a name was changed or has left."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("endorsements", "0023_people_by_address_and_name")]
    operations = [
        migrations.AlterModelOptions(
            name="endorsement",
            options={
                "base_manager_name": "objects",
                "default_permissions": ("view", "change", "export"),
                "verbose_name": "endorsement",
                "verbose_name_plural": "endorsements",
            },
        ),
        migrations.AddField(
            model_name="signon",
            name="list_edition",
            field=models.PositiveBigIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="Another one whenever a name in the list is changed or leaves it.",
            ),
        ),
    ]
