"""The key of a person is address and name."""

from django.db import migrations

from core.mail.addresses import canonical_address, shortened
from members.identity.keys import person_key

PORTION = 1000


def forwards(apps, schema_editor):
    rows = apps.get_model("endorsements", "Endorsement").objects.using(schema_editor.connection.alias)
    _set_keys(rows, lambda row: person_key(row.address_key, row.name))


def backwards(apps, schema_editor):
    rows = apps.get_model("endorsements", "Endorsement").objects.using(schema_editor.connection.alias)
    _set_keys(rows, lambda row: shortened(f"mail:{canonical_address(row.address_key)}", 255))


def _set_keys(rows, key_of):
    people = rows.filter(kind="person", key__startswith="mail:").exclude(address_key="").order_by("pk")
    for portion in _portions(people):
        changed = list(people.filter(pk__in=portion).only("address_key", "name", "key"))
        for row in changed:
            row.key = key_of(row)
        rows.bulk_update(changed, ["key"])


def _portions(rows):
    """Primary keys, a portion at a time."""
    last = 0
    while portion := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:PORTION]):
        yield portion
        last = portion[-1]


class Migration(migrations.Migration):
    dependencies = [("endorsements", "0022_listed_once")]

    operations = [migrations.RunPython(forwards, backwards)]
