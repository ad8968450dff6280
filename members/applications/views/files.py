"""Upload, download and remove the files of an application. Each is sent separately, so that a slow connection loses only one."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.uploads import megabytes
from core.transitions import NotPossible, TransitionNotAllowed
from core.web.private_pages import post_data_with_files, render_message, render_private, see_other
from members.models import Application, ApplicationFile
from members.models.application import FILE_FIELDS
from members.states import ApplicationState, FileKind

from ..files import PHOTO_EXTENSIONS, add_file, remove_file
from ..forms import STEPS, FileForm
from ..workflow import writable_fields
from .links import OpenedApplication, done_message, opened_by_application_link


@opened_by_application_link()
def files(request: HttpRequest, opened: OpenedApplication) -> HttpResponse:
    """The page for the logo and documents."""
    data = post_data_with_files(request) if request.method == "POST" else None
    if not _uploadable_kinds(opened):
        return see_other(request, opened.base) if data is None else _not_saved(request, opened)
    forms = {kind: FileForm(kind=kind) for kind in FileKind.values}
    if data is not None:
        try:
            done, form = _handle_post(request, opened, data)
        except TransitionNotAllowed:
            return _not_saved(request, opened)
        if done:
            return see_other(request, f"{request.path}?done={done}")
        forms[data.get("action", "")] = form
    return _render(request, opened, forms)


def _uploadable_kinds(opened: OpenedApplication) -> list[str]:
    """Return the kinds of file that may be uploaded: all to a draft, else those that were asked for."""
    return [str(kind) for field, kind in FILE_FIELDS.items() if field in writable_fields(opened.application)]


def _handle_post(request: HttpRequest, opened: OpenedApplication, data: QueryDict) -> tuple[str, FileForm]:
    """Upload or remove a file. Return the `done` message for success, or '' with the form and its errors. Raises TransitionNotAllowed."""
    action = data.get("action", "")
    if action == "remove":
        return _remove(opened, data.get("number", ""))
    kind = FileKind(action) if action in FileKind.values else FileKind.DOCUMENT
    form = FileForm(data, request.FILES, kind=kind)
    if not form.is_valid():
        return "", form
    try:
        add_file(opened.application, kind=kind, upload=form.cleaned_data["file"], now=timezone.now())
    except ValidationError as error:
        form.add_error("file", error)
    except NotPossible as problem:
        form.add_error("file", str(problem))
    return ("" if form.errors else "file"), form


def _remove(opened: OpenedApplication, number: str) -> tuple[str, FileForm]:
    form = FileForm({}, kind=FileKind.DOCUMENT)
    row: ApplicationFile | None = None
    if number.isascii() and number.isdigit() and len(number) < 19:
        row = opened.application.files.filter(pk=int(number)).first()
    try:
        if row is not None:
            remove_file(row, now=timezone.now())
    except NotPossible as problem:
        form.errors.clear()
        form.add_error(None, str(problem))
        return "", form
    return "removed", form


def _render(request: HttpRequest, opened: OpenedApplication, forms: dict[str, FileForm]) -> HttpResponse:
    row, kinds = opened.application, _uploadable_kinds(opened)
    documents = list(row.documents())
    context = {
        "logo_form": forms[FileKind.LOGO] if FileKind.LOGO in kinds else None,
        "document_form": forms[FileKind.DOCUMENT] if FileKind.DOCUMENT in kinds else None,
        "form": next((form for form in forms.values() if form.is_bound), forms[FileKind.LOGO]),
        "logo": row.logo(),
        "documents": documents,
        "has_room": len(documents) < ApplicationFile.LIMITS[FileKind.DOCUMENT],
        "kinds": ", ".join(sorted((*PHOTO_EXTENSIONS, *settings.WAGTAILDOCS_EXTENSIONS))).upper(),
        "limit": megabytes(settings.WAGTAILDOCS_MAX_UPLOAD_SIZE),
        "is_draft": row.state == ApplicationState.DRAFT,
        "number": len(STEPS) + 1,
        "done_message": done_message(request),
    }
    title = _("Logo and documents")
    if context["form"].is_bound:
        title = _("Mistake: %(title)s") % {"title": title}
    return render_private(request, "members/applications/files.html", opened.context(title, **context))


def _not_saved(request: HttpRequest, opened: OpenedApplication) -> HttpResponse:
    explanation = _("The application is not in your hands any more, so its files cannot be changed. Send the file by mail if it matters.")
    status_page = (_("See where it stands"), opened.base)
    return render_message(request, _("This was not saved"), explanation, next_page=status_page, status=409)


@opened_by_application_link()
def download(_request: HttpRequest, opened: OpenedApplication, number: int) -> FileResponse:
    return file_response(opened.application, number)


def file_response(application: Application, number: int) -> FileResponse:
    """Return a file of an application as a download, never shown inline, because strangers upload it. Raises Http404."""
    row = application.files.filter(pk=number).first()
    if row is None:
        raise Http404
    try:
        stored = row.file.open("rb")
    except OSError:
        raise Http404 from None
    return FileResponse(stored, as_attachment=True, filename=row.name, content_type="application/octet-stream")
