"""Deletes private uploads that no row refers to, left behind when a process was killed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField

from core.due import due
from core.web.throttle import hit
from members.models.application import PRIVATE, private_path

KEEP_FOR = timedelta(days=1)
SAFE_NUMBER = 5


@due("private files without a row")
def delete_daily(now: datetime) -> str:
    """Delete them once a day, because a bucket charges for each listing."""
    if hit("members.sweep", "", limit=1, window=timedelta(days=1)):
        return ""
    count = delete_orphaned_files(now)
    return f"{count} deleted" if count else ""


def delete_orphaned_files(now: datetime) -> int:
    """Delete private uploads that no row refers to. Returns how many.

    Files less than a day old are kept, because their upload may not be committed yet. Raises RuntimeError, and deletes nothing, if more
    than a few files and more than half of all would be deleted: then uploads were restored without their database, or two sites share a
    folder.
    """
    try:
        _folders, stored = default_storage.listdir(PRIVATE)
    except FileNotFoundError:  # nothing was ever uploaded
        return 0
    # The rows are read after the files, so that a file stored meanwhile is kept.
    orphaned = {f"{PRIVATE}/{name}" for name in stored}.difference(_names_in_rows())
    old = [name for name in sorted(orphaned) if default_storage.get_modified_time(name) < now - KEEP_FOR]
    if len(old) > max(SAFE_NUMBER, len(stored) / 2):
        raise RuntimeError(f"{len(old)} of {len(stored)} private files stand in no row: is this the database they belong to?")
    for name in old:
        default_storage.delete(name)
    return len(old)


def _names_in_rows() -> Iterator[str]:
    """The names of private files in all rows of all apps."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField) and field.upload_to is private_path:
                yield from model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
