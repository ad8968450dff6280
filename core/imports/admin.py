"""The pages of an import in the admin: the upload, the questions about how to read it, the preview, and the rows to correct."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin.views import AdminView
from core.spreadsheets import UnreadableTable, Unsettled, as_download
from core.transitions import NotPossible

from .models import Upload

MAX_BYTES = 5 * 1024 * 1024
# As many rows of one sort are shown in a preview.
SHOWN = 200
QUESTIONS = {
    "encoding": gettext_lazy("Which letters are right?"),
    "sheet": gettext_lazy("Which sheet?"),
    "hidden_rows": gettext_lazy("What about the hidden rows?"),
    "date_order": gettext_lazy("Which comes first, the day or the month?"),
}
FILE_HELP = gettext_lazy(
    "An Excel workbook (XLSX) or a CSV file, at most %(rows)s rows and %(size)d MB. Nothing is imported before you confirm."
)


class UploadForm(forms.Form):
    """A file that is a table; its bytes are its `raw`."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv,text/csv"}),
    )

    def read(self, raw: bytes, settled: Mapping[str, str]) -> object:
        """Read the table as the import will. Raises UnreadableTable."""
        raise NotImplementedError

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        file.raw = file.read(MAX_BYTES + 1)
        if len(file.raw) > MAX_BYTES:
            message = _(
                "The file is larger than %(most)d MB. Please leave out columns that are not needed, or split it into several files."
            )
            raise ValidationError(message % {"most": MAX_BYTES >> 20})
        try:
            check_readable(lambda settled: self.read(file.raw, settled), {})
        except UnreadableTable as error:
            raise ValidationError(str(error)) from error
        return file


def check_readable(read: Callable[[Mapping[str, str]], object], settled: Mapping[str, str]) -> None:
    """Raise UnreadableTable if no way of reading the file makes a table."""
    try:
        read(settled)
    except Unsettled as asked:
        refusal: UnreadableTable = asked
        for option in asked.options if asked.question not in settled else ():
            try:
                return check_readable(read, {**settled, asked.question: option.value})
            except UnreadableTable as error:
                refusal = error
        raise refusal from None


class PreviewView(AdminView):
    """What a table would do, after its questions are answered; the button that does it. Nothing is written before."""

    upload: Upload
    questions: Mapping[str, Any] = QUESTIONS

    def read(self) -> Any:
        """The table, checked. Raises Unsettled, or NotPossible if the file is gone."""
        raise NotImplementedError

    def confirm(self) -> HttpResponseBase:
        """Import it, and say what was done."""
        raise NotImplementedError

    @cached_property
    def found(self) -> tuple[Any, Unsettled | None, str]:
        """The table, or the question to answer first, or why there is none."""
        try:
            return self.read(), None, ""
        except Unsettled as question:
            return None, question, ""
        except NotPossible as reason:
            return None, None, str(reason)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if again := request.POST.get("ask_again"):
            self.upload.settle(again, None)
        elif "answer" in request.POST or "question" in request.POST:
            self._settle(request.POST.get("question", ""), request.POST.get("answer", ""))
        else:
            return self.confirm()
        return redirect(request.path)

    def _settle(self, question: str, answer: str) -> None:
        _reading, asked, _reason = self.found
        if asked is None or asked.question != question:
            return
        option = next((option for option in asked.options if option.value == answer), None)
        if option:
            self.upload.settle(question, option)
        else:
            messages.warning(self.request, _("Choose one of the answers. If none is right, save the table anew and upload it again."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reading, asked, reason = self.found
        answers = [(name, self.questions.get(name, name), label) for name, (_value, label) in (self.upload.answers or {}).items()]
        context = {
            "upload": self.upload,
            "reading": reading,
            "question": asked,
            "question_label": self.questions.get(asked.question, "") if asked else "",
            "answers": answers,
            "reason": reason,
            "shown": SHOWN,
        }
        return super().get_context_data(**{**context, **kwargs})


def rejected_file(upload: Upload, headings: Iterable[str], rows: Iterable[Iterable[str]]) -> HttpResponseBase:
    """The rows with problems as a file to correct and to upload again."""
    return as_download(_("%(list)s to correct") % {"list": PurePath(upload.file_name).stem}, "csv", headings, rows)
