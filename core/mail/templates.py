"""How every mail of the site is written: three templates become one message, in plain text with an HTML twin.

`templates/emails/<app>/<message>/` holds `subject.txt`, `body.txt` and `body.html`. The bodies extend `emails/layout.txt` and
`emails/layout.html`, say the same and carry the same addresses. `@letter` gives a message a title, variables and sample values, with which
the admin shows it (Settings, Mail texts), and where the secretariat changes its prose (`core.mail.wording`); it stands in the app's
`emails.py`, which is imported at the start. `tests/core/mail/test_templates.py` holds every message to all of this.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .wording import EVERYWHERE, Passage, Variable, Wording, faults, passages

Sample = Callable[[], Mapping[str, Any]]
NOT_IN_ONE_LINE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
HOLE = re.compile(r"\n{3,}")
LINE_END = re.compile(r"(?<!^--)[ \t\r]+$", re.MULTILINE)  # "-- " marks a signature (RFC 3676, 4.3)


@dataclass(frozen=True)
class Letter:
    """A message as the admin lists it."""

    name: str
    title: str | Promise
    sample: Sample
    variables: tuple[Variable, ...] = EVERYWHERE
    cases: Mapping[str, str | Promise] = field(default_factory=dict)

    def compose(self, wording: Wording | None = None, *, to: str = "ada@example.org") -> EmailMultiAlternatives:
        """The message with its sample values."""
        return compose(self.name, to=to, context=self.sample(), wording=wording)

    def wording(self, changed: Mapping[str, str]) -> Wording:
        return Wording(self.name, self.variables, changed)

    def passages(self) -> list[Passage]:
        """What the secretariat may change, in the language of the mails."""
        with translation.override(settings.LANGUAGE_CODE):
            return passages(self.name, self.variables, self.cases)

    def unfit(self, words: Mapping[str, str]) -> dict[str, list[str]]:
        """Which of the changed passages are not used, in place of which the original words go out, and why."""
        known = {one.name: one.original for one in self.passages()}
        gone = [_("This mail has no such passage any more.")]
        found = {key: list(faults(text, known[key], self.variables)) if key in known else gone for key, text in words.items()}
        return {key: told for key, told in found.items() if told}

    def values(self) -> dict[str, str]:
        """What the variables say in the sample, as HTML."""
        context = Context({**self.sample(), **_ours()})
        return {one.name: one.value(context) for one in self.variables}


_letters: dict[str, Letter] = {}


def letter(name: str, title: str | Promise, *variables: Variable, **cases: str | Promise) -> Callable[[Sample], Sample]:
    """Register the function that makes the sample values of the message in `emails/<name>/`.

    The values are invented, need no database row, and take the longest way through the templates. `variables` are what its words may
    use; `cases` say in which case a passage is used, where several exclude each other. Raises ValueError for a second sample of one
    message.
    """

    def register(sample: Sample) -> Sample:
        if name in _letters:
            raise ValueError(f"{name} has a sample already")
        _letters[name] = Letter(name, title, sample, (*variables, *EVERYWHERE), cases)
        return sample

    return register


def letters() -> list[Letter]:
    """All that are registered, by app and message."""
    return [_letters[name] for name in sorted(_letters)]


def find(name: str) -> Letter | None:
    return _letters.get(name)


def compose(
    name: str, *, to: str, context: Mapping[str, Any], headers: Mapping[str, str] | None = None, wording: Wording | None = None
) -> EmailMultiAlternatives:
    """The message in `emails/<name>/`, ready for `core.mail.outbox.enqueue`.

    It is written in the language and time zone of the site, whoever's press of a button occasions it. Templates also get `site_name`,
    `site_url` and `contact`, and the bodies `subject`. The plain parts are not escaped, whatever they include; the HTML is. The
    subject is one line, whatever strangers typed into it; any other header that holds a line break raises BadHeaderError when the
    message is stored. Every mail says that a machine wrote it (RFC 3834), so that no other machine answers.
    Its passages say what the secretariat made of them, or the given `wording`. Raises TemplateDoesNotExist.
    """
    if wording is None:
        known = find(name)
        wording = Wording(name, known.variables if known else EVERYWHERE)
    ours = {**_ours(), "wording": wording}
    with translation.override(settings.LANGUAGE_CODE), timezone.override(timezone.get_default_timezone()):
        subject = NOT_IN_ONE_LINE.sub(" ", _render(f"{name}/subject.txt", {**context, **ours})).strip()
        values = {**context, **ours, "subject": subject}
        text, html = _render(f"{name}/body.txt", values), _render(f"{name}/body.html", values)
    message = EmailMultiAlternatives(subject, _tidy(text), to=[to], headers={"Auto-Submitted": "auto-generated", **(headers or {})})
    message.attach_alternative(html, "text/html")
    return message


def one_click(url: str) -> dict[str, str]:
    """Headers for the button "unsubscribe" of mail programs (RFC 8058), which POSTs to this https address, once and without a cookie.

    It counts only in a mail whose DKIM signature covers both headers: the mail server's affair.
    """
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _ours() -> dict[str, str]:
    return {
        "site_name": settings.WAGTAIL_SITE_NAME,
        "site_url": settings.WAGTAILADMIN_BASE_URL,
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    }


def _render(template: str, values: Mapping[str, Any]) -> str:
    found = Engine.get_default().get_template(f"emails/{template}")
    return found.render(Context(dict(values), autoescape=template.endswith(".html")))


def _tidy(text: str) -> str:
    """Without the holes that template tags leave: at most one empty line in a row, no spaces before the end of a line."""
    return HOLE.sub("\n\n", LINE_END.sub("", text)).strip() + "\n"
