"""What the secretariat may change in a mail: its passages, and the variables that a passage may use (docs/decisions/0020).

A passage is what stands between `{% words opening %}` and `{% endwords %}` in the templates of a mail. There, the variables of the mail
(`core.mail.templates.letter` declares them) are names like any other: `{{ organisation }}`. An editor writes `{organisation}`. Her text is
never a template: a name in braces is looked up and replaced, once, and everything else is text, in the plain part and in the HTML.

A text that no longer fits, because a release took a variable or a passage away, is not used: the original words go out instead.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
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

from core.forms.validators import clean_line, validate_line
from core.models import MailText

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
    """What a text writes in braces. `path` says where it stands in the values of the mail, as a template would: `day|date:"j F Y"`.

    One that is `kept` must stay in the passages whose original words have it.
    """

    name: str
    path: str
    meaning: str | Promise
    kept: bool = False

    @property
    def written(self) -> str:
        return f"{{{self.name}}}"

    def value(self, context: Context) -> str:
        """As the mail has it: escaped where the context escapes."""
        return Engine.get_default().from_string(f"{{{{ {self.path} }}}}").render(context)


EVERYWHERE = (
    Variable("site_name", "site_name", gettext_lazy("The name of the coalition")),
    Variable("site_url", "site_url", gettext_lazy("The address of the website")),
    Variable("contact", "contact", gettext_lazy("The e-mail address that answers reach")),
)


class WordsNode(Node):
    """A passage in a template, with its original words."""

    def __init__(self, part: str, case: str = "", *, nodelist: NodeList) -> None:
        self.part, self.case, self.nodelist = part, case, nodelist
        self.name = f"{part}_{case}" if case else part

    def render(self, context: Context) -> str:
        wording: Wording = context["wording"]
        return wording.of(self, context)

    def original(self, variables: Sequence[Variable]) -> str:
        """Its words as an editor reads them."""
        context = Context({one.name: one.written for one in variables}, autoescape=False)
        with context.bind_template(Engine.get_default().from_string("")):
            return str(self.nodelist.render(context)).strip()


class Wording:
    """The words of one mail while it is written; `used` are the passages that it came by.

    Those that were `changed` are asked of the database, once, when the first passage is written; or given, for a preview.
    """

    def __init__(self, name: str, variables: Sequence[Variable], changed: Mapping[str, str] | None = None) -> None:
        self.name, self.variables, self.given = name, variables, changed
        self.used: set[str] = set()
        self._values: dict[bool, dict[str, str]] = {}

    @cached_property
    def changed(self) -> Mapping[str, str]:
        return stored(self.name).words if self.given is None else self.given

    def of(self, node: WordsNode, context: Context) -> str:
        self.used.add(node.name)
        values = self.values(context)
        text = self.changed.get(node.name, "")
        if text and not any(faults(text, node.original(self.variables), self.variables)):
            return filled(text if node.part not in ONE_LINE else clean_line(text), values, html=context.autoescape)
        with context.push(**values):
            return str(node.nodelist.render(context))

    def values(self, context: Context) -> dict[str, str]:
        """They are the same in every passage of a part."""
        if context.autoescape not in self._values:
            self._values[context.autoescape] = {one.name: one.value(context) for one in self.variables}
        return self._values[context.autoescape]


def filled(text: str, values: Mapping[str, str], *, html: bool) -> str:
    """The text with the values in place of their names; what a value says is never looked through for names.

    For HTML, the values are escaped already, and the result stands within a paragraph.
    """
    if not html:
        return BRACES.sub(lambda found: values[found[0][1:-1]], text)
    text = escape(text).replace("\n\n", NEXT_PARAGRAPH).replace("\n", "<br>\n")
    return mark_safe(BRACES.sub(lambda found: values[found[0][1:-1]], text))


def faults(text: str, original: str, variables: Sequence[Variable]) -> Iterator[str]:
    """What is wrong with the braces of a text, in sentences that say which word, where, and what to do."""
    names = {one.written: one for one in variables}
    for found in BRACES.finditer(text):
        told = {"word": found[0], "line": text.count("\n", 0, found.start()) + 1, "names": ", ".join(names)}
        if len(found[0]) == 1:
            yield _("There is a single “%(word)s” in line %(line)d. Braces are for %(names)s; use round ones otherwise.") % told
        elif found[0] not in names:
            like = get_close_matches(found[0], names, n=1)
            meant = _("Did you mean %(like)s?") % {"like": like[0]} if like else _("You can use %(names)s.") % told
            yield f"{_('“%(word)s” in line %(line)d is no variable of this mail.') % told} {meant}"
    for name, one in names.items():
        if one.kept and name in original and name not in text:
            yield _("%(name)s is missing (%(meaning)s). The mail must say it: write %(name)s where it belongs.") % {
                "name": name,
                "meaning": one.meaning,
            }


@dataclass(frozen=True)
class Passage:
    """A passage as the admin lists it."""

    name: str
    part: str
    case: str | Promise
    original: str

    @property
    def label(self) -> str:
        return f"{LABELS[self.part]} ({self.case})" if self.case else str(LABELS[self.part])

    @property
    def one_line(self) -> bool:
        return self.part in ONE_LINE

    @property
    def longest(self) -> int:
        return 150 if self.one_line else 2000

    def clean(self, text: str) -> str:
        """Lines without ends, at most one empty one in a row."""
        if self.one_line:
            return clean_line(text)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip()

    def check(self, text: str, variables: Sequence[Variable]) -> None:
        """Raises ValidationError with everything that is wrong with a new text, a line each."""
        wrong = list(faults(text, self.original, variables))
        for number, line in enumerate(text.splitlines(), start=1):
            try:
                if line.strip():
                    validate_line(line.lstrip(LIST_SIGNS))
            except ValidationError as refusal:
                wrong += [_("Line %(number)d: %(told)s") % {"number": number, "told": told} for told in refusal.messages]
        if wrong:
            raise ValidationError("\n".join(wrong))


def nodes_of(file: str) -> list[WordsNode]:
    """The passages in a template, and then in those that it extends, which have some that it replaces."""
    nodes = Engine.get_default().get_template(file).nodelist
    found: list[Any] = nodes.get_nodes_by_type(WordsNode)
    for extends in nodes.get_nodes_by_type(ExtendsNode):
        found += nodes_of(extends.parent_name.resolve(Context()))
    return found


def passages(name: str, variables: Sequence[Variable], cases: Mapping[str, str | Promise]) -> list[Passage]:
    """Those of the mail in `emails/<name>/`. The heading stands in the HTML alone."""
    found: dict[str, Passage] = {}
    for node in (*nodes_of(f"emails/{name}/subject.txt"), *nodes_of(f"emails/{name}/body.html")):
        found.setdefault(node.name, Passage(node.name, node.part, cases.get(node.case, node.case), node.original(variables)))
    several = {one.part for one in found.values() if one.case}
    listed = sorted(found.values(), key=lambda one: list(LABELS).index(one.part))
    return [replace(one, case=gettext_lazy("otherwise")) if one.part in several and not one.case else one for one in listed]


def stored(name: str) -> MailText:
    """What the database has for this mail, or a new row for it that is not stored."""
    return MailText.objects.filter(letter=name).first() or MailText(letter=name)


def keep(name: str, words: Mapping[str, str], *, seen: int, by: Any) -> bool:
    """Store the changed passages of a mail, and none but them; `seen` is the version that the editor had before her.

    False when somebody else has stored something else since: nothing is changed then.
    """
    with transaction.atomic():
        row, _is_new = MailText.objects.get_or_create(letter=name)
        if row.words == words:
            return True
        if not MailText.objects.filter(pk=row.pk, version=seen).update(words=dict(words), version=seen + 1):
            return False
        names = sorted(key for key in {*words, *row.words} if words.get(key) != row.words.get(key))
        before, after = ({key: texts[key] for key in names if key in texts} for texts in (row.words, words))
        log(row, "core.change_words", user=by, data={"before": before, "after": after})
    return True
