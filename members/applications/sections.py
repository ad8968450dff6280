"""An application to be read, page by page of its form, by whoever may."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from members.models import Application
from members.models.application import FILE_FIELDS

from .forms import FILES, STEPS
from .requirements import as_text

# How to reach people is for the secretariat.
CONTACT_DETAILS = frozenset(("representative_email", "representative_phone", "second_email", "second_name", "second_position", "heard"))


@dataclass
class Section:
    """A page of the form: its `slug` in the address, its title, and for each field its label, its text and what it lacks."""

    slug: str
    title: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def missing_count(self) -> int:
        return sum(bool(missing) for _label, _text, missing in self.rows)


def sections_of(application: Application, *, missing: Mapping[str, str] | None = None, without: Collection[str] = ()) -> list[Section]:
    """Its sections. With `missing` (of `missing_answers`) empty fields are shown too, and those that submitting needs with a sentence."""
    show_empty = missing is not None
    sections = []
    for slug, step in STEPS.items():
        section = Section(slug, str(step.title))
        for name, form_field in step.base_fields.items():
            text = as_text(application, name)
            if name not in without and (text or show_empty):
                section.rows.append((str(form_field.label), text, (missing or {}).get(name, "")))
        sections.append(section)
    files = [(str(kind.label), as_text(application, name), "") for name, kind in FILE_FIELDS.items()]
    sections.append(Section(FILES, _("Logo and documents"), [row for row in files if row[1] or show_empty]))
    replies = [(question.text, question.reply, "") for question in application.replies()]
    sections.append(Section("answers", _("What the secretariat asked besides"), replies))
    return [section for section in sections if section.rows]
