"""Endorsements that a colleague approved make their organisation known: take it from the audit log, which has who approved when."""

from django.conf import settings
from django.db import migrations

A_PORTION = 1000


def fill(apps, schema_editor):
    Endorsement = apps.get_model("endorsements", "Endorsement")
    LogEntry = apps.get_model("wagtailcore", "ModelLogEntry")
    # The log keeps the number of a user who was deleted since.
    users = set(apps.get_model(*settings.AUTH_USER_MODEL.split(".")).objects.values_list("pk", flat=True))
    listed = Endorsement.objects.filter(state="listed", kind="organisation", approved_at=None)
    approvals = LogEntry.objects.filter(action="endorsements.approve", user__isnull=False, content_type__model="endorsement")
    after = 0
    while portion := list(approvals.filter(pk__gt=after).order_by("pk").values_list("pk", "object_id", "timestamp", "user_id")[:A_PORTION]):
        after = portion[-1][0]
        by_endorsement = {int(object_id): (at, by) for _pk, object_id, at, by in portion if object_id.isdecimal()}
        rows = list(listed.filter(pk__in=by_endorsement).only("pk"))
        for row in rows:
            row.approved_at, by = by_endorsement[row.pk]
            row.approved_by_id = by if by in users else None
        Endorsement.objects.bulk_update(rows, ["approved_at", "approved_by"])
    # Initial signatories were entered by a colleague. `run_due` stores the names of all of these.
    for row in listed.filter(source="initial").only("pk", "listed_at").iterator(A_PORTION):
        Endorsement.objects.filter(pk=row.pk).update(approved_at=row.listed_at)


class Migration(migrations.Migration):
    dependencies = [("endorsements", '0015_known_organisations'), ("wagtailcore", "0094_alter_page_locale")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
