"""What is uploaded and belongs to nothing has an end too."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from core.due import run_all
from members.applications import files as applications_files
from members.membership import workflow as membership
from members.models import ApplicationFile
from members.models.application import PRIVATE, private_path
from members.states import FileKind
from privacy.private_files import delete_daily, delete_orphaned_files
from tests.support.members import draft, make_organisation
from tests.support.pictures import encoded, gradient

SWEPT = "private files without a row"


@pytest.fixture(params=["django.core.files.storage.FileSystemStorage", "django.core.files.storage.InMemoryStorage"])
def storage(request: pytest.FixtureRequest, settings: Any, tmp_path: Any, db: None) -> None:
    """An empty one of each kind: a disk, and one that knows no disk, as a bucket does."""
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": request.param}}


def store() -> str:
    """As an upload whose process was killed before its row was committed."""
    return str(default_storage.save(private_path(None, "statutes.pdf"), ContentFile(b"%PDF-1.4 names, signatures")))


def test_a_private_file_that_no_row_names_goes_after_a_day_and_what_a_row_names_stays(storage: None) -> None:
    now = timezone.now()
    assert delete_orphaned_files(now) == 0  # there is no folder yet
    document = ContentFile(b"We, the midwives.", name="letter.txt")
    kept = applications_files.add_file(draft(), kind=FileKind.DOCUMENT, upload=document, now=now)
    picture = ContentFile(encoded(gradient(), "PNG"), name="logo.png")
    change = membership.propose_change(make_organisation(), contact=None, values={}, logo=picture, now=now)
    assert change is not None
    orphan, elsewhere = store(), default_storage.save("documents/statutes.pdf", ContentFile(b"%PDF-1.4"))

    assert delete_orphaned_files(now + timedelta(hours=23)) == 0
    assert delete_orphaned_files(now + timedelta(hours=25)) == 1
    assert not default_storage.exists(orphan)
    for name in (kept.file.name, change.logo.name, elsewhere):
        assert default_storage.exists(name), name

    ApplicationFile.objects.all().delete()  # past the row's own deleting
    assert delete_orphaned_files(now + timedelta(hours=25)) == 1
    assert default_storage.listdir(PRIVATE)[1] == [change.logo.name.rpartition("/")[2]]


def test_when_most_files_belong_to_nothing_the_database_may_be_the_wrong_one_and_none_goes(storage: None) -> None:
    files = [store() for _number in range(6)]
    with pytest.raises(RuntimeError, match="6 of 6 private files"):
        delete_orphaned_files(timezone.now() + timedelta(days=2))
    assert all(map(default_storage.exists, files))


def test_run_due_looks_once_a_day(storage: None) -> None:
    later = timezone.now() + timedelta(days=2)
    store()
    assert run_all(later)[SWEPT] == "1 deleted"
    left = store()
    assert delete_daily(later) == ""
    assert default_storage.exists(left)
