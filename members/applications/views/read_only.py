"""An application as it was written, page by page, to be read by whoever may."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from members.applications.forms import FILES, STEPS
from members.applications.requirements import as_text
from members.models import Application
from members.models.application import FILE_FIELDS

# How to reach people is for the secretariat.
REACHED = frozenset(("representative_email", "representative_phone", "second_email", "second_name", "second_position", "heard"))


@dataclass
class Part:
    """A page of the form, or of the answers: its word in the address, its title, and label, text and what is missing of each field."""

    word: str
    title: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    lacks: int = 0


def as_written(application: Application, *, lacks: Mapping[str, str] | None = None, without: Collection[str] = ()) -> list[Part]:
    """With `lacks` (of `why_not_ready`) empty fields are shown too, the ones that submitting needs with a sentence."""
    parts = []
    for word, step in STEPS.items():
        part = Part(word, str(step.title))
        for name, asked in step.base_fields.items():
            text = as_text(application, name)
            if name not in without and (text or lacks is not None):
                part.rows.append((str(asked.label), text, (lacks or {}).get(name, "")))
        part.lacks = sum(bool(sentence) for _label, _text, sentence in part.rows)
        parts.append(part)
    files = Part(FILES, _("Logo and documents"))
    files.rows = [(str(kind.label), as_text(application, name), "") for name, kind in FILE_FIELDS.items()]
    files.rows = [row for row in files.rows if row[1] or lacks is not None]
    replies = Part("answers", _("What the secretariat asked besides"))
    replies.rows = [(question.text, question.reply, "") for question in application.replies()]
    return [part for part in (*parts, files, replies) if part.rows]


def download(application: Application, number: int) -> FileResponse:
    """One of its files, to be saved and never shown: whoever wrote it is a stranger. Raises Http404."""
    row = application.files.filter(pk=number).first()
    if row is None:
        raise Http404
    try:
        stored = row.file.open("rb")
    except OSError:
        raise Http404 from None
    return FileResponse(stored, as_attachment=True, filename=row.name, content_type="application/octet-stream")
