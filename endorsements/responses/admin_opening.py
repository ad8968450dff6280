"""Opening a declaration emails its members: how many and what is said before, and for some minutes it can be stopped."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.mail.message import preview_of
from endorsements.declarations import admin as declarations
from endorsements.declarations import workflow
from endorsements.declarations.admin_status import Button, may_move, moment
from endorsements.models import DeclarationPage, Endorsement
from endorsements.states import BY_ITS_HOLDER, SignOnState

from .emails import INVITED, preview
from .queries import Audience, asks_members, audience

MINUTES = int(workflow.TIME_TO_STOP.total_seconds() // 60)


def who_is_emailed(found: Audience) -> str:
    """ "23 members, 25 emails"."""
    members = ngettext("%(count)d member", "%(count)d members", found.members) % {"count": found.members}
    return members + ", " + ngettext("%(count)d email", "%(count)d emails", found.emails) % {"count": found.emails}


def who_cannot_be_asked(found: Audience) -> str:
    """The members without anybody to write to, by name; '' if there are none."""
    if not found.unreachable:
        return ""
    sentence = ngettext(
        "%(count)d member cannot be asked, because it has no contact or its contacts want no emails: %(names)s",
        "%(count)d members cannot be asked, because they have no contact or their contacts want no emails: %(names)s",
        found.unreachable,
    )
    names = "; ".join(found.names) + (" …" if found.unreachable > len(found.names) else "")
    return sentence % {"count": found.unreachable, "names": names}


class AskForm(forms.Form):
    ask = forms.BooleanField(required=False, label=gettext_lazy("Email the members"))

    def __init__(self, *args: Any, found: Audience, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ask"].help_text = _(
            "%(who)s, %(minutes)d minutes after you open it. Until then, you can stop the emails on the page of the declaration. If you "
            "untick this, nobody is emailed, and you can ask them later under “Answers of members”."
        ) % {"who": who_is_emailed(found), "minutes": MINUTES}


class Open(declarations.Open):
    """Says who will be emailed, with the text, and lets the user leave it."""

    @cached_property
    def audience(self) -> Audience:
        initial = self.draft.initial_signatories.all()
        endorsing = [entry.organisation_id for entry in initial if entry.organisation_id]
        return audience(self.draft, timezone.now(), without=endorsing) if self.draft.takes_organisations else Audience()

    def make_form(self, data: Any) -> AskForm | None:
        if not self.audience.members:
            return None
        return AskForm(data, initial={"ask": self.draft.asks_members}, found=self.audience)

    def consequences(self) -> Iterable[str]:
        yield from super().consequences()
        yield from earlier_signers(self)
        if self.audience.members:
            yield _("If you leave the box below ticked, members are emailed: %(who)s.") % {"who": who_is_emailed(self.audience)}
        elif self.draft.takes_organisations:
            yield _("No member is emailed: there is none left to ask who can be reached.")
        if sentence := who_cannot_be_asked(self.audience):
            yield sentence

    def act(self) -> bool:
        ask = bool(self.answers["ask"]) if self.form else False
        return workflow.open_sign_on(self.object, ask_members=ask, by=self.request.user, now=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.audience.first and not context["why_not"]:
            organisation, contact = self.audience.first
            email = preview(INVITED, self.draft, organisation, contact)
            context |= {"member_email": email, "member_preview": preview_of(email)}
        return context


class Circulate(declarations.Circulate):
    def consequences(self) -> Iterable[str]:
        yield from super().consequences()
        yield from earlier_signers(self)


def earlier_signers(view: declarations.DeclarationAction) -> Iterable[str]:
    """Those who signed an earlier text are asked to confirm a changed one."""
    version = view.object.version
    if version is None or not view.object.differs_from(view.draft):
        return
    signed = Endorsement.objects.for_declaration(view.page).live().filter(source__in=BY_ITS_HOLDER).exclude(email="")
    if count := signed.count():
        yield ngettext(
            "The text has changed since %(count)d person signed it. They get an email that asks them to confirm the new text.",
            "The text has changed since %(count)d people signed it. They get an email that asks them to confirm the new text.",
            count,
        ) % {"count": count}


class StopAsking(declarations.DeclarationAction):
    """Within some minutes after opening."""

    page_title = gettext_lazy("Stop the emails to members")
    button = gettext_lazy("Stop the emails")
    success_message = gettext_lazy("No member is emailed about “%(name)s”. You can ask them later under “Answers of members”.")
    states = (SignOnState.OPEN,)

    def is_possible(self) -> bool:
        at = self.object.ask_members_at
        return super().is_possible() and at is not None and at > timezone.now()

    def too_late(self) -> str:
        return _("Nothing was stopped: no emails to members are planned, or they are being written already.")

    def question(self) -> str:
        return _("Stop the emails to members about “%(title)s”?") % {"title": self.page.title}

    def consequences(self) -> Iterable[str]:
        found = audience(self.page, timezone.now())
        yield _("Planned for %(moment)s: %(who)s.") % {
            "moment": moment(self.object.ask_members_at or timezone.now()),
            "who": who_is_emailed(found),
        }
        yield _("The declaration stays open. Members see it on their own pages.")

    def act(self) -> bool:
        return workflow.stop_asking(self.object, by=self.request.user, now=timezone.now())


def asking_status(page: DeclarationPage, user: Any) -> tuple[list[str], list[Button]]:
    """What the box “Where it stands” says of emails to members, and its buttons."""
    sign_on, now = page.current_sign_on, timezone.now()
    sign_on.declaration = page
    if sign_on.state != SignOnState.OPEN:
        plans = page.opens_at and page.opens_at > now and page.asks_members and page.takes_organisations
        is_planned = plans and sign_on.state in (SignOnState.DRAFT, SignOnState.CIRCULATING)
        if not is_planned:
            return [], []
        who = {"who": who_is_emailed(audience(page, now)), "minutes": MINUTES}
        return [_("When it opens by itself, members are emailed %(minutes)d minutes later: %(who)s.") % who], []
    if not asks_members(page, now):
        return [], []
    at, acts = sign_on.ask_members_at, may_move(user, page)
    if at is not None and at > now:
        sentence = _("Members will be emailed on %(moment)s: %(who)s.") % {
            "moment": moment(at),
            "who": who_is_emailed(audience(page, now)),
        }
        stop = Button(_("Stop the emails …"), reverse("declaration_stop_asking", args=(page.pk,)))
        return [sentence], [stop] if acts else []
    if at is None and user.has_perm("endorsements.change_endorsement"):
        return [_("No member was emailed when it opened.")], [Button(_("Ask members …"), reverse("member_answers:ask", args=(page.pk,)))]
    return [], []


def urls() -> list[URLPattern]:
    views = {"open": Open, "circulate": Circulate, "stop_asking": StopAsking}
    return [
        path(f"declarations/<int:pk>/{name.replace('_', '-')}/", view.as_view(), name=f"declaration_{name}") for name, view in views.items()
    ]
