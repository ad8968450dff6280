"""How every email of the site is composed: three templates become one message, in plain text with an HTML twin.

`templates/emails/<app>/<message>/` holds `subject.txt`, `body.txt` and `body.html`. The bodies extend `emails/layout.txt` and
`emails/layout.html`, say the same and carry the same links. `@email_template` gives an email a title, variables and sample values, with
which the admin shows it (Settings, Mail texts) and the secretariat edits its wording (`core.mail.wording`). It stands in a package's
`emails.py`, which is imported at the start. `tests/core/mail/test_templates.py` checks every email.

Who can cause an email (`Cause`) decides how much of it somebody else may write, how often it may go out, and whether its recipient can
stop it. What is not declared is held to be caused by a stranger.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import Enum
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .unlinked import is_own_link, without_links
from .wording import EVERYWHERE, Passage, Variable, Wording, passages_of

Sample = Callable[[], Mapping[str, Any]]
LINE_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
OWN_NOT_ME, NOT_ME = "disown_url", "not_me_url"  # the link of the email itself, and the one that `send` adds
EMPTY_LINES = re.compile(r"\n{3,}")
LINE_END = re.compile(r"(?<!^--)[ \t\r]+$", re.MULTILINE)  # "-- " marks a signature (RFC 3676, 4.3)


class Cause(Enum):
    """Who can make us write an email. Except for COLLEAGUE, none of its words that somebody typed becomes a link (`core.mail.unlinked`)."""

    STRANGER = (
        "anybody who types the recipient's address into a form; its subject has no typed words, it is limited and offers \"this wasn't me\""
    )
    HOLDER = "somebody who opened a link of ours, so whose address is theirs: to themselves or the secretariat; it is limited too"
    COLLEAGUE = "a signed-in colleague, what a colleague began, or the day on which something is due"


@dataclass(frozen=True)
class EmailTemplate:
    """An email as the admin lists it. One `to_colleagues` is not sealed, and reaches a colleague whose address is suppressed."""

    name: str
    title: str | Promise
    sample: Sample
    variables: tuple[Variable, ...] = EVERYWHERE
    cases: Mapping[str, str | Promise] = field(default_factory=dict)
    to_colleagues: bool = False
    cause: Cause | None = None
    typed: tuple[str, ...] = ()

    @property
    def by_stranger(self) -> bool:
        return self.cause in (Cause.STRANGER, None)

    @property
    def by_outsider(self) -> bool:
        return self.cause != Cause.COLLEAGUE

    def compose(self, wording: Wording | None = None, *, to: str = "ada@example.org") -> EmailMultiAlternatives:
        """The message with its sample values."""
        return compose(self.name, to=to, context=self.sample_values(), wording=wording)

    def sample_values(self) -> dict[str, Any]:
        """The sample, with a link to say "this wasn't me" if `send` adds one."""
        values = dict(self.sample())
        return values | {NOT_ME: f"{settings.WAGTAILADMIN_BASE_URL}/not-me/sample/"} if offers_not_me(self, values) else values

    def wording(self, edited: Mapping[str, str] | None = None) -> Wording:
        return Wording(self.name, self.variables, edited, typed_in_subject=not self.by_stranger)

    def passages(self) -> list[Passage]:
        """What the secretariat may edit, in the language of the emails."""
        with translation.override(settings.LANGUAGE_CODE):
            return passages_of(self.name, self.variables, self.cases, typed_in_subject=not self.by_stranger)

    def outdated(self, edited: Mapping[str, str]) -> dict[str, list[str]]:
        """The edited passages that no longer fit, and why. The original goes out in their place."""
        known = {one.name: one for one in self.passages()}
        gone = [_("This mail has no such passage any more.")]
        found = {key: known[key].mistakes(text, self.variables) if key in known else gone for key, text in edited.items()}
        return {key: why for key, why in found.items() if why}

    def values(self) -> dict[str, str]:
        """The sample values of the variables, as HTML."""
        context = Context({**as_shown(self, self.sample_values()), **_site()})
        return {one.name: one.value(context) for one in self.variables}


_templates: dict[str, EmailTemplate] = {}


def email_template(
    name: str,
    title: str | Promise,
    *variables: Variable,
    cause: Cause | None = None,
    typed: tuple[str, ...] = (),
    to_colleagues: bool = False,
    **cases: str | Promise,
) -> Callable[[Sample], Sample]:
    """Register the email in `emails/<name>/` with the decorated function, which makes its sample values.

    The values are invented, need no database row, and lead through as much of the templates as possible. `variables` are what its wording
    may use; `cases` say when a passage is used that has several variants. `cause` says who can make us write it; `typed` names what
    somebody outside typed in the context of one that a colleague causes. Raises ValueError for a second sample of one email.
    """

    def register(sample: Sample) -> Sample:
        if name in _templates:
            raise ValueError(f"{name} has a sample already")
        _templates[name] = EmailTemplate(name, title, sample, (*variables, *EVERYWHERE), cases, to_colleagues, cause, typed)
        return sample

    return register


def email_templates() -> list[EmailTemplate]:
    """All that are registered, by app and message."""
    return [_templates[name] for name in sorted(_templates)]


def find(name: str) -> EmailTemplate | None:
    return _templates.get(name)


def purpose_of(name: str) -> str:
    """The purpose of the emails that the template `name` makes: "members.welcome" for "members/welcome"."""
    return name.replace("/", ".")


def template_of(purpose: str) -> EmailTemplate | None:
    """The template of an email in the outbox; None for what Django itself sends."""
    return find(purpose.replace(".", "/", 1))


def offers_not_me(template: EmailTemplate, values: Mapping[str, Any]) -> bool:
    """Whether the email gets a link to say "this wasn't me" besides those among its values."""
    return template.by_stranger and not template.to_colleagues and OWN_NOT_ME not in values


def as_shown(template: EmailTemplate, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as templates get them: if somebody outside can cause the email, without links but ours (names that end in `_url`)."""

    def is_ours(name: str, value: Any) -> bool:
        if not template.by_outsider:
            return name not in template.typed
        return is_own_link(name, value)

    return {name: value if is_ours(name, value) else without_links(value) for name, value in values.items()}


def compose(
    name: str, *, to: str, context: Mapping[str, Any], headers: Mapping[str, str] | None = None, wording: Wording | None = None
) -> EmailMultiAlternatives:
    """The message in `emails/<name>/`, ready for `core.mail.queue.enqueue`. To write an email, call `core.mail.send.send`.

    It is in the language and time zone of the site, whoever caused it. Templates also get `site_name`, `site_url` and `contact`, and the
    bodies `subject`. The plain text is not escaped; the HTML is. The subject is one line, whatever strangers typed into it; any other
    header with a line break raises BadHeaderError when the message is stored. Every email says that it was sent automatically (RFC 3834),
    so that no machine answers. The passages are as the secretariat edited them, or as in `wording`. Raises TemplateDoesNotExist.
    """
    template = find(name) or EmailTemplate(name, name, dict)
    wording = wording or template.wording()
    context = as_shown(template, context)
    common = {**_site(), "wording": wording}
    with translation.override(settings.LANGUAGE_CODE), timezone.override(timezone.get_default_timezone()):
        subject = LINE_BREAKS.sub(" ", _render(f"{name}/subject.txt", {**context, **common})).strip()
        values = {**context, **common, "subject": subject}
        text, html = _render(f"{name}/body.txt", values), _render(f"{name}/body.html", values)
    message = EmailMultiAlternatives(subject, _tidy(text), to=[to], headers={"Auto-Submitted": "auto-generated", **(headers or {})})
    message.attach_alternative(html, "text/html")
    return message


def one_click(url: str) -> dict[str, str]:
    """Headers for the "unsubscribe" button of mail programs (RFC 8058), which POSTs to this https address, once and without a cookie.

    They count only if the mail server's DKIM signature covers them both.
    """
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _site() -> dict[str, str]:
    return {
        "site_name": settings.WAGTAIL_SITE_NAME,
        "site_url": settings.WAGTAILADMIN_BASE_URL,
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    }


def _render(template: str, values: Mapping[str, Any]) -> str:
    found = Engine.get_default().get_template(f"emails/{template}")
    return found.render(Context(dict(values), autoescape=template.endswith(".html")))


def _tidy(text: str) -> str:
    """Remove what template tags leave behind: more than one empty line in a row, and spaces at the ends of lines."""
    return EMPTY_LINES.sub("\n\n", LINE_END.sub("", text)).strip() + "\n"
