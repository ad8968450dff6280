"""Private uploads that belong to no row are deleted: a process was killed while one was stored or deleted."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField

from core.due import due
from core.web.throttle import hit
from members.models.application import PRIVATE, private_path

KEPT = timedelta(days=1)
FEW = 5


@due("private files without a row")
def delete_daily(now: datetime) -> str:
    """Once a day is enough: a bucket charges for each look."""
    if hit("members.sweep", "", limit=1, window=timedelta(days=1)):
        return ""
    count = delete_unnamed_files(now)
    return f"{count} deleted" if count else ""


def delete_unnamed_files(now: datetime) -> int:
    """Delete the private uploads, more than a day old, that no row names. Returns how many.

    A process was killed between storing and committing, or between committing and deleting. Who uploads something at this moment is done
    within the day. Raises RuntimeError, and deletes nothing, when that would be more than a few and most of all: uploads were put back
    without their database, or two sites share a folder.
    """
    try:
        _folders, stored = default_storage.listdir(PRIVATE)
    except FileNotFoundError:  # nothing was ever uploaded
        return 0
    # The rows are read after the files: what a row names by then stays.
    unnamed = {f"{PRIVATE}/{name}" for name in stored}.difference(_named())
    old = [name for name in sorted(unnamed) if default_storage.get_modified_time(name) < now - KEPT]
    if len(old) > max(FEW, len(stored) / 2):
        raise RuntimeError(f"{len(old)} of {len(stored)} private files stand in no row: is this the database they belong to?")
    for name in old:
        default_storage.delete(name)
    return len(old)


def _named() -> Iterator[str]:
    """By any app: every field that stores its files there."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField) and field.upload_to is private_path:
                yield from model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
