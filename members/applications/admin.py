"""What an applicant wrote and sent, as the secretariat and the committee see it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from core.admin.records import label_of
from members.models import Application, ApplicationFile
from members.states import State

from .requirements import as_text


def answers(heading: str, application: Application, fields: tuple[str, ...]) -> dict[str, Any]:
    """Names, labels and values of the fields that hold something."""
    lines = [(name, label_of(Application, name), as_text(application, name)) for name in fields]
    return {"heading": heading, "lines": [line for line in lines if line[2]]}


def download(request: HttpRequest, pk: int, file: int) -> FileResponse:
    """A file of an application, to keep and not to show: nobody vouches for what is in it. For those who may read the application."""
    if not request.user.has_perm("members.view_application"):
        raise PermissionDenied
    row = get_object_or_404(ApplicationFile.objects.exclude(application__state=State.DRAFT), pk=file, application=pk)
    try:
        opened = row.file.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file is not there any more.")) from error
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return FileResponse(opened, as_attachment=True, filename=row.name, content_type="application/octet-stream", headers=headers)
