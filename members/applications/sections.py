"""An application as sections to read, one for each step of the form."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from members.models import Application
from members.models.application import FILE_FIELDS

from .forms import FILES_STEP, STEPS
from .requirements import field_as_text

# Only the secretariat sees these.
CONTACT_DETAILS = frozenset(("representative_email", "representative_phone", "second_email", "second_name", "second_position", "heard"))


@dataclass
class Section:
    """A step of the form with its answers; each row has a label, the answer as text, and what is missing."""

    slug: str
    title: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def missing_count(self) -> int:
        return sum(bool(missing) for _label, _text, missing in self.rows)


def application_sections(
    application: Application, *, missing: Mapping[str, str] | None = None, without: Collection[str] = ()
) -> list[Section]:
    """Return the sections of an application. With `missing` (from `missing_answers`), they include empty fields and what is missing."""
    show_empty = missing is not None
    sections = []
    for slug, step in STEPS.items():
        section = Section(slug, str(step.title))
        for name, form_field in step.base_fields.items():
            text = field_as_text(application, name)
            if name not in without and (text or show_empty):
                section.rows.append((str(form_field.label), text, (missing or {}).get(name, "")))
        sections.append(section)
    files = [(str(kind.label), field_as_text(application, name), "") for name, kind in FILE_FIELDS.items()]
    sections.append(Section(FILES_STEP, _("Logo and documents"), [row for row in files if row[1] or show_empty]))
    replies = [(question.text, question.reply, "") for question in application.replies()]
    sections.append(Section("answers", _("What the secretariat asked besides"), replies))
    return [section for section in sections if section.rows]
