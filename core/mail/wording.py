"""The wording of an email that the secretariat may edit: its passages, and the variables that a passage may use (docs/decisions/0020).

A passage is what stands between `{% wording opening %}` and `{% endwording %}` in the templates of an email. There, the variables of the
email (`core.mail.templates.email_template` declares them) are ordinary template variables: `{{ organisation }}`. An editor writes
`{organisation}`. Edited text is never run as a template: each name in braces is replaced once, and all else is plain text, in the text
part and in the HTML.

An edited passage that no longer fits, because a release removed the passage or a variable in it, is not used: the original goes out.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template import Context, Engine, Node, NodeList
from django.template.loader_tags import ExtendsNode
from django.utils.functional import Promise, cached_property
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from core.forms.cleaning import clean_line
from core.forms.validators import validate_line
from core.models import MailText
from core.web.template_direction import isolate_html, isolate_text

BRACES = re.compile(r"\{+[^{}\n]*\}+|[{}]")
LIST_SIGNS = "-–•* "
NEXT_PARAGRAPH = '</p><p style="margin:0 0 1em">'
LABELS = {
    "subject": gettext_lazy("Subject"),
    "heading": gettext_lazy("Heading"),
    "opening": gettext_lazy("Opening"),
    "middle": gettext_lazy("Middle"),
    "closing": gettext_lazy("Closing"),
}
ONE_LINE = ("subject", "heading")


@dataclass(frozen=True)
class Variable:
    """What an editor writes in braces. `path` is its template expression in the context of the email: `day|date:"j F Y"`.

    A `required` variable must stay in the passages whose original has it. One that is `typed` holds words of somebody outside: it may not
    stand in the subject of an email that a stranger can cause.
    """

    name: str
    path: str
    meaning: str | Promise
    required: bool = False
    typed: bool = True

    @property
    def placeholder(self) -> str:
        return f"{{{self.name}}}"

    def value(self, context: Context) -> str:
        """Its value in the email, escaped if the context escapes, and apart from the words around it if it runs the other way."""
        value = Engine.get_default().from_string(f"{{{{ {self.path} }}}}").render(context)
        return isolate_html(value) if context.autoescape else isolate_text(value)


EVERYWHERE = (
    Variable("site_name", "site_name", gettext_lazy("The name of the coalition"), typed=False),
    Variable("site_url", "site_url", gettext_lazy("The address of the website"), typed=False),
    Variable("contact", "contact", gettext_lazy("The email address that answers reach"), typed=False),
)


# While an email is written


class WordingNode(Node):
    """A passage in a template: `opening`, or `opening_reminder` for the case "reminder". Its content is the original wording."""

    def __init__(self, part: str, case: str = "", *, nodelist: NodeList) -> None:
        self.part, self.case, self.nodelist = part, case, nodelist
        self.name = f"{part}_{case}" if case else part

    def render(self, context: Context) -> str:
        wording: Wording = context["wording"]
        return wording.render(self, context)

    def original(self, variables: Sequence[Variable]) -> str:
        """The original as an editor reads it, with placeholders."""
        context = Context({one.name: one.placeholder for one in variables}, autoescape=False)
        with context.bind_template(Engine.get_default().from_string("")):
            return str(self.nodelist.render(context)).strip()


class Wording:
    """The wording of one email while it is rendered; `used` are the names of the passages rendered so far.

    The edited passages are read from the database once, when the first passage is rendered, unless they are given, for a preview.
    """

    def __init__(
        self, template: str, variables: Sequence[Variable], edited: Mapping[str, str] | None = None, *, typed_in_subject: bool = True
    ) -> None:
        self.template, self.variables, self._given, self._typed_in_subject = template, variables, edited, typed_in_subject
        self.used: set[str] = set()
        self._values: dict[bool, dict[str, str]] = {}

    @cached_property
    def edited(self) -> Mapping[str, str]:
        return stored(self.template).wording if self._given is None else self._given

    def render(self, node: WordingNode, context: Context) -> str:
        """The edited passage if there is one that fits, else the original."""
        self.used.add(node.name)
        values = self._values_for(context)
        text = self.edited.get(node.name, "")
        barred = barred_from(node.part, self.variables, typed_in_subject=self._typed_in_subject)
        if text and not any(mistakes(text, node.original(self.variables), self.variables, barred)):
            return fill(text if node.part not in ONE_LINE else clean_line(text), values, html=context.autoescape)
        with context.push(**values):
            return str(node.nodelist.render(context))

    def _values_for(self, context: Context) -> dict[str, str]:
        """The values of the variables, worked out once for the text and once for the HTML."""
        if context.autoescape not in self._values:
            self._values[context.autoescape] = {one.name: one.value(context) for one in self.variables}
        return self._values[context.autoescape]


def barred_from(part: str, variables: Sequence[Variable], *, typed_in_subject: bool) -> set[str]:
    """The placeholders that a passage may not use."""
    return {one.placeholder for one in variables if part == "subject" and one.typed and not typed_in_subject}


def fill(text: str, values: Mapping[str, str], *, html: bool) -> str:
    """The text with each placeholder replaced by its value; placeholders inside a value are left alone.

    For HTML the values must be escaped, and the result belongs inside a paragraph.
    """
    if not html:
        return BRACES.sub(lambda found: values[found[0][1:-1]], text)
    text = escape(text).replace("\n\n", NEXT_PARAGRAPH).replace("\n", "<br>\n")
    return mark_safe(BRACES.sub(lambda found: values[found[0][1:-1]], text))


def mistakes(text: str, original: str, variables: Sequence[Variable], barred: Collection[str] = ()) -> Iterator[str]:
    """What is wrong with the braces of a text: a sentence each that says which word, in which line, and what to do."""
    known = {one.placeholder: one for one in variables}
    for found in BRACES.finditer(text):
        names = ", ".join(name for name in known if name not in barred)
        details = {"word": found[0], "line": text.count("\n", 0, found.start()) + 1, "names": names}
        if len(found[0]) == 1:
            yield _("There is a single “%(word)s” in line %(line)d. Braces are for %(names)s; use round ones otherwise.") % details
        elif found[0] not in known:
            like = get_close_matches(found[0], known, n=1)
            meant = _("Did you mean %(like)s?") % {"like": like[0]} if like else _("You can use %(names)s.") % details
            yield f"{_('“%(word)s” in line %(line)d is no variable of this mail.') % details} {meant}"
        elif found[0] in barred:
            yield _("“%(word)s” cannot be in the subject: strangers can type it. You can use %(names)s.") % details
    for placeholder, one in known.items():
        if one.required and placeholder in original and placeholder not in text:
            yield _("%(name)s is missing (%(meaning)s). The mail must say it: write %(name)s where it belongs.") % {
                "name": placeholder,
                "meaning": one.meaning,
            }


# While the secretariat edits it


@dataclass(frozen=True)
class Passage:
    """A passage as the admin lists it."""

    name: str
    part: str
    case: str | Promise
    original: str
    typed_in_subject: bool = True

    def mistakes(self, text: str, variables: Sequence[Variable]) -> list[str]:
        barred = barred_from(self.part, variables, typed_in_subject=self.typed_in_subject)
        return list(mistakes(text, self.original, variables, barred))

    @property
    def label(self) -> str:
        return f"{LABELS[self.part]} ({self.case})" if self.case else str(LABELS[self.part])

    @property
    def one_line(self) -> bool:
        return self.part in ONE_LINE

    @property
    def max_length(self) -> int:
        return 150 if self.one_line else 2000

    def clean(self, text: str) -> str:
        """Strip the ends of lines, and leave at most one empty line in a row."""
        if self.one_line:
            return clean_line(text)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip()

    def validate(self, text: str, variables: Sequence[Variable]) -> None:
        """Raise ValidationError with everything that is wrong with an edited text, a line each."""
        wrong = self.mistakes(text, variables)
        for number, line in enumerate(text.splitlines(), start=1):
            try:
                if line.strip():
                    validate_line(line.lstrip(LIST_SIGNS))
            except ValidationError as refusal:
                wrong += [_("Line %(number)d: %(told)s") % {"number": number, "told": message} for message in refusal.messages]
        if wrong:
            raise ValidationError("\n".join(wrong))


def passages_of(
    name: str, variables: Sequence[Variable], cases: Mapping[str, str | Promise], *, typed_in_subject: bool = True
) -> list[Passage]:
    """The passages of the email in `emails/<name>/`, in the order of LABELS. Only the HTML has a heading."""
    found: dict[str, Passage] = {}
    for node in (*nodes_of(f"emails/{name}/subject.txt"), *nodes_of(f"emails/{name}/body.html")):
        case = cases.get(node.case, node.case)
        found.setdefault(node.name, Passage(node.name, node.part, case, node.original(variables), typed_in_subject))
    parts_with_cases = {one.part for one in found.values() if one.case}
    ordered = sorted(found.values(), key=lambda one: list(LABELS).index(one.part))
    return [replace(one, case=gettext_lazy("otherwise")) if one.part in parts_with_cases and not one.case else one for one in ordered]


def nodes_of(file: str) -> list[WordingNode]:
    """The passages in a template, then those in the templates that it extends."""
    nodes = Engine.get_default().get_template(file).nodelist
    found: list[Any] = nodes.get_nodes_by_type(WordingNode)
    for extends in nodes.get_nodes_by_type(ExtendsNode):
        found += nodes_of(extends.parent_name.resolve(Context()))
    return found


def stored(template: str) -> MailText:
    """The row of this email, or a new one that is not saved."""
    return MailText.objects.filter(template=template).first() or MailText(template=template)


def save(template: str, wording: Mapping[str, str], *, version: int, by: Any) -> bool:
    """Store the edited passages of an email in place of those stored before. `version` is the one the editor started from.

    False, and nothing is changed, if somebody else has saved other wording since.
    """
    with transaction.atomic():
        row, _created = MailText.objects.get_or_create(template=template)
        if row.wording == wording:
            return True
        if not MailText.objects.filter(pk=row.pk, version=version).update(wording=dict(wording), version=version + 1):
            return False
        names = sorted(key for key in {*wording, *row.wording} if wording.get(key) != row.wording.get(key))
        before, after = ({key: texts[key] for key in names if key in texts} for texts in (row.wording, wording))
        log(row, "core.change_words", user=by, data={"before": before, "after": after})
    return True
