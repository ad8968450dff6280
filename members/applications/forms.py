"""The steps of the application form. Saving accepts gaps; `requirements.missing_answers` says what submitting needs."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms.edit_conflicts import EditConflictForm, fingerprint
from core.forms.fields import LineField, LineOrNumberField, LinesChoiceField, LinesField, MultiLineField, max_length_of
from core.forms.honeypot import HoneypotForm
from core.forms.public_form import PublicForm
from core.mail.addresses import canonical_address
from core.mail.form_fields import EmailAddressField, WebsiteField
from members.identity.form_fields import (
    GLOBAL,
    CountriesField,
    CountryField,
    EmailAddressForm,
    OrganisationKindField,
    PhoneField,
    YearField,
)
from members.identity.keys import name_words
from members.models import Application
from members.models.joining import joining_settings
from members.states import Access, Category, FileKind

from .requirements import AGREED_WORDS, missing_answers
from .working_groups import working_group_names


def _line(name: str, label: Any, *, field_class: type[LineField] = LineField, **kwargs: Any) -> LineField:
    return field_class(label=label, max_length=max_length_of(Application, name), required=False, **kwargs)


def _text(name: str, label: Any, *, field_class: type[MultiLineField] = MultiLineField, **kwargs: Any) -> MultiLineField:
    return field_class(label=label, max_length=max_length_of(Application, name), required=False, **kwargs)


class ApplyForm(HoneypotForm, EmailAddressForm):
    """The email address to which the link to the form is sent."""

    email = EmailAddressField(label=_("Your e-mail address"), help_text=_("The link to the form goes there. It is not published."))
    another = forms.BooleanField(required=False, label=_("I have begun one already, and want to begin another."))


class StepForm(EditConflictForm):
    """A step of the form, filled with saved values. Fields needed for submitting are not marked as optional (`is_needed`).

    Not a ModelForm, which would change the application when validating, while a colleague may be saving it.
    """

    slug: ClassVar[str]
    title: ClassVar[Any]

    def __init__(self, *args: Any, application: Application | None = None, **kwargs: Any):
        initial = {name: getattr(application, name) for name in self.base_fields} if application else {}
        super().__init__(*args, initial=initial, **kwargs)
        for name in missing_answers(Application()):
            if name in self.fields:
                self.fields[name].is_needed = True  # type: ignore[attr-defined]

    def valid_values(self) -> dict[str, Any]:
        """Return the cleaned values of the fields without errors, whether no country was chosen on purpose, and the words agreed with."""
        self.full_clean()
        values = {name: value for name, value in self.cleaned_data.items() if name in self.fields and name not in self.errors}
        if "country" in values:
            values["works_worldwide"] = self["country"].data == GLOBAL
        for name in AGREED_WORDS.keys() & values.keys():
            values[AGREED_WORDS[name]] = self.fields[name].statement if values[name] else ""  # type: ignore[attr-defined]
        return values


class OrganisationStep(StepForm):
    slug, title = "organisation", _("The organisation")

    name = _line("name", _("Name of the organisation"), autocomplete="organization", help_text=_("In full, as the directory will show it."))
    acronym = _line("acronym", _("Acronym"))
    other_names = _text(
        "other_names", _("Other names"), field_class=LinesField, help_text=_("Former names, and names in other languages, one a line.")
    )
    country = CountryField(label=_("Country of its seat"), required=False, allow_global=True)
    kind = OrganisationKindField(required=False)
    website = WebsiteField(label=_("Website"), required=False)
    category = forms.ChoiceField(
        label=_("It wishes to join as"),
        choices=Category.choices,
        initial=Category.MEMBER,
        widget=forms.RadioSelect,
        help_text=_("Members vote and stand for the coalition’s positions; observers take part without a vote."),
    )

    def __init__(self, *args: Any, application: Application | None = None, **kwargs: Any):
        super().__init__(*args, application=application, **kwargs)
        if application and application.is_global:
            self.initial["country"] = GLOBAL


class WorkStep(StepForm):
    slug, title = "work", _("Its size, its work and its money")

    countries_of_work = CountriesField(
        label=_("Countries where it works"), required=False, help_text=_("Names in English, one a line or with commas between them.")
    )
    founded = YearField()
    size = _line(
        "size", _("Members or staff"), field_class=LineOrNumberField, help_text=_("Roughly: “240 members”, “12 staff and 60 volunteers”.")
    )
    registration = _line(
        "registration",
        _("Registration"),
        field_class=LineOrNumberField,
        help_text=_("Where and under which number, if it is registered. It need not be."),
    )
    work = _text("work", _("What does it do for health workers?"))
    for_profit_funding = forms.TypedChoiceField(
        label=_("Does it get money from for-profit health business?"),
        required=False,
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: {"yes": True, "no": False}[value],
        empty_value=None,
        widget=forms.RadioSelect,
        help_text=_("For example companies that sell medicines, insurance or care, or that recruit health workers."),
    )
    for_profit_explanation = _text(
        "for_profit_explanation",
        _("If yes: from whom, how much of its budget, and for what?"),
        rows=4,
        help_text=_("Saying so does not close the door."),
    )

    def __init__(self, *args: Any, application: Application | None = None, **kwargs: Any):
        super().__init__(*args, application=application, **kwargs)
        if "for_profit_funding" in self.initial:
            self.initial["for_profit_funding"] = {True: "yes", False: "no"}.get(self.initial["for_profit_funding"], "")


class ReasonsStep(StepForm):
    slug, title = "reasons", _("Why it joins")

    motivation = _text("motivation", _("Why does it want to join?"))
    goals = LinesChoiceField(
        label=_("Which of our goals will you work on?"), max_length=max_length_of(Application, "goals"), required=False
    )
    working_groups = LinesChoiceField(
        label=_("Which working groups do you want to join?"),
        max_length=max_length_of(Application, "working_groups"),
        required=False,
        help_text=_("You can also decide later."),
    )
    heard = _line("heard", _("How did it hear of us?"))
    agrees_vision = forms.BooleanField(required=False, label=_("We share the coalition’s vision and goals."))
    agrees_terms = forms.BooleanField(required=False, label=_("We agree to the terms of membership."))

    def __init__(self, *args: Any, application: Application | None = None, **kwargs: Any):
        super().__init__(*args, application=application, **kwargs)
        joining = joining_settings()
        self.words = {"agrees_vision": "\n".join(filter(None, (joining.vision, joining.goals))), "agrees_terms": joining.terms}
        for name, words in self.words.items():
            self.fields[name].statement = words  # type: ignore[attr-defined]
            if words:
                self.fields[name].widget.attrs["aria-describedby"] = f"{name}_words"
            if application and getattr(application, AGREED_WORDS[name]) not in ("", words):
                self.initial[name] = False  # they have changed since
        for name, lines in (("goals", joining.goal_lines), ("working_groups", working_group_names())):
            self.fields[name].set_choices(lines, self.initial.get(name, ""))  # type: ignore[attr-defined]

    @property
    def fingerprints(self) -> str:
        return " ".join([super().fingerprints, *(f"words-{name}:{fingerprint([words])}" for name, words in self.words.items())])

    def clean(self) -> dict[str, Any]:
        """Refuse an agreement with words that have changed since the page was shown."""
        values: dict[str, Any] = super().clean() or {}
        sent = dict(pair.partition(":")[::2] for pair in str(self.data.get("fingerprints", "")).split())
        for name, words in self.words.items():
            if values.get(name) and sent.get(f"words-{name}", fingerprint([words])) != fingerprint([words]):
                self.add_error(
                    name, _("These words have changed since you opened the page. Read them again and tick the box if you agree.")
                )
        return values


class PeopleStep(StepForm):
    slug, title = "people", _("Who speaks for it")

    representative_name = _line("representative_name", _("Name of the representative"), autocomplete="name")
    representative_position = _line("representative_position", _("Role there"), autocomplete="organization-title")
    representative_email = EmailAddressField(label=_("E-mail address"), required=False)
    representative_phone = PhoneField(help_text=_("With the code of the country. We call only when mail does not arrive."))
    second_name = _line("second_name", _("Name of a second contact"))
    second_position = _line("second_position", _("Role of the second contact"))
    second_email = EmailAddressField(label=_("E-mail address of the second contact"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse the representative as second contact, beside the field where it was typed."""
        values: dict[str, Any] = super().clean() or {}
        first, second = values.get("representative_email"), values.get("second_email")
        if first and second and canonical_address(first) == canonical_address(second):
            self.add_error("second_email", _("This is the representative’s address. Enter the second contact’s own email address."))
        first, second = values.get("representative_name"), values.get("second_name")
        if first and second and name_words(first) == name_words(second):
            self.add_error("second_name", _("This is the representative. Name somebody else as second contact, because people move on."))
        return values


STEPS: dict[str, type[StepForm]] = {step.slug: step for step in (OrganisationStep, WorkStep, ReasonsStep, PeopleStep)}
# The step of each field; files are uploaded in a step of their own.
FILES_STEP = "files"
STEP_BY_FIELD = {name: slug for slug, step in STEPS.items() for name in step.base_fields} | {"logo": FILES_STEP, "documents": FILES_STEP}


def next_step(slug: str) -> str:
    """Return the slug of the next step; '' after the last."""
    slugs = [*STEPS, FILES_STEP]
    return slugs[slugs.index(slug) + 1] if slug != FILES_STEP else ""


class AnswersForm(StepForm):
    """The fields that were asked about, each under its question, and text replies to questions about no field."""

    slug, title = "answers", _("Our questions")

    def __init__(self, *args: Any, application: Application, questions: Iterable[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for question in self.questions:
            if question.field in STEP_BY_FIELD and STEP_BY_FIELD[question.field] != FILES_STEP:
                step = STEPS[STEP_BY_FIELD[question.field]](application=application)
                self.fields[question.field] = step.fields[question.field]
                self.initial[question.field] = step.initial[question.field]
            elif not question.field:
                reply = self.fields[f"reply_{question.pk}"] = MultiLineField(
                    label=gettext("Your reply"),
                    max_length=3000,
                    required=False,
                    help_text=gettext("Whoever votes on your application reads it too."),
                )
                reply.is_needed = True  # type: ignore[attr-defined]
                self.initial[f"reply_{question.pk}"] = question.reply

    def questions_with_fields(self) -> Iterator[tuple[Any, Any]]:
        """Yield each question with its field; None for files, which are uploaded on another page."""
        for question in self.questions:
            name = question.field or f"reply_{question.pk}"
            yield question, self[name] if name in self.fields else None

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.valid_values().items() if not name.startswith("reply_")}

    def replies(self) -> dict[int, str]:
        return {int(name.removeprefix("reply_")): value for name, value in self.valid_values().items() if name.startswith("reply_")}


class InvitationForm(EmailAddressForm):
    email = EmailAddressField(label=_("Email address of your colleague"))
    access = forms.ChoiceField(label=_("May"), choices=Access.choices, initial=Access.READ, widget=forms.RadioSelect)


class FileForm(PublicForm):
    """A file upload; the workflow validates the file."""

    file = forms.FileField(max_length=500)

    def __init__(self, *args: Any, kind: str, **kwargs: Any):
        super().__init__(*args, auto_id=f"{kind}-%s", **kwargs)
        self.fields["file"].label = FileKind(kind).label
        self.fields["file"].error_messages |= {
            "required": _("Please choose a file."),
            "missing": _("Please choose a file."),
            "empty": _("This file is empty."),
        }


def questions_as_text() -> str:
    """Return all questions of the form as text, to work on offline."""
    steps = [(step.title, step().fields.values()) for step in STEPS.values()]
    lines = [gettext("Application to join: all questions"), "=" * 40, ""]
    for title, fields in steps:
        lines += [str(title), "-" * len(str(title)), ""]
        for field in fields:
            lines += [f"  {line}" for line in getattr(field, "statement", "").splitlines()]
            is_optional = not (field.required or getattr(field, "is_needed", False))
            lines.append(f"* {field.label}" + (f" ({gettext('optional')})" if is_optional else ""))
            if field.help_text:
                lines.append(f"  ({field.help_text})")
            if isinstance(field, forms.ChoiceField) and not isinstance(field, CountryField):
                lines += [f"  [ ] {label}" for value, label in field.widget.choices if value]
            if isinstance(field, forms.CharField) and field.max_length and field.max_length >= 400:
                lines.append("  " + gettext("(at most %(number)d characters)") % {"number": field.max_length})
            lines.append("")
    lines += [gettext("Files"), "-" * 5, "", f"* {gettext('Logo, as a picture (JPEG, PNG, HEIC, WebP or GIF)')}", ""]
    lines += [f"* {gettext('Up to three documents, such as statutes or an annual report')}", ""]
    return "\n".join(lines)
