from django.db import migrations


class Migration(migrations.Migration):
    """Nothing by itself: after any migration `core.name_index` makes the index of `Endorsement.folded`, if it is not there."""

    dependencies = [("endorsements", "0024_edition_of_the_list")]

    operations = []
