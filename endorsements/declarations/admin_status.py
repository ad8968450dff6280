"""The status of the sign-on on the editing screen of a declaration, and its buttons."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms.content_checks import find_problems
from core.admin.records import label_of
from endorsements.models import DeclarationPage, Endorsement, EventWindow, SignOn, TextVersion
from endorsements.signing.event_mode import running_window
from endorsements.states import IN_QUEUE, OVER, TAKING_ENDORSEMENTS, HoldReason, SignOnState, State

# Held because of a limit, and waiting for the email to confirm.
OVER_LIMIT = Q(state=State.HELD, hold_reason=HoldReason.LIMIT, confirmed_at__isnull=True)


@dataclass(frozen=True)
class Button:
    """Leads to a page that says what the action does and asks once more."""

    label: str
    url: str
    is_main: bool = False


@dataclass(frozen=True)
class Status:
    """The state in words, the version in force, the counts, and the buttons that the user may press.

    `waiting` and `unconfirmed` are None for users who may not see endorsements.
    """

    state: str
    label: str
    sentences: list[str]
    warnings: list[str]
    version: TextVersion | None
    listed: int
    waiting: int | None = None
    unconfirmed: int | None = None
    queue_url: str = ""
    answers_url: str = ""
    buttons: list[Button] = field(default_factory=list)


def may_move(user: Any, page: DeclarationPage) -> bool:
    """Whether the user may open and close this declaration, and publish its text."""
    return bool(user.has_perm("endorsements.change_signon") and page.permissions_for_user(user).can_publish())


def status_of(page: DeclarationPage, user: Any) -> Status | None:
    """The status of the page as it is in memory. None if it was never saved."""
    if not page.pk:
        return None
    sign_on, now = page.current_sign_on, timezone.now()
    stored = DeclarationPage.objects.only("live", "opens_at", "closes_at", "grace_days").get(pk=page.pk)
    sign_on.declaration = stored
    other = sign_on.is_frozen and sign_on.differs_from(page)
    counts = _counts(page)
    sees_all = user.has_perm("endorsements.view_endorsement")
    window = running_window(page, now) if sign_on.state in TAKING_ENDORSEMENTS else None
    return Status(
        sign_on.state,
        sign_on.get_state_display(),
        list(filter(None, [*_sentences(sign_on, stored, now), event_mode_sentence(window) if window else ""])),
        list(filter(None, (_other_text(other), _unpublished(sign_on, stored), _times_in_draft(sign_on, page, stored)))),
        sign_on.version,
        counts["listed"],
        counts["waiting"] if sees_all else None,
        counts["unconfirmed"] if sees_all else None,
        f"{reverse('endorsement_queue:index')}?declaration={page.pk}" if sees_all else "",
        reverse("member_answers:declaration", args=(page.pk,)) if sees_all and sign_on.has_public_list and page.takes_organisations else "",
        [*_buttons(sign_on, other), *_event_buttons(sign_on, window, counts["over_limit"])] if may_move(user, page) else [],
    )


def _counts(page: DeclarationPage) -> dict[str, int]:
    return Endorsement.objects.for_declaration(page).aggregate(
        listed=Count("pk", filter=Q(state=State.LISTED)),
        waiting=Count("pk", filter=Q(state__in=IN_QUEUE)),
        unconfirmed=Count("pk", filter=Q(state=State.PENDING)),
        over_limit=Count("pk", filter=OVER_LIMIT),
    )


def moment(value: datetime) -> str:
    """ "3 May 2026, 18:00 (Europe/Amsterdam)", in the user's time zone and, if it differs, in the site's."""
    here, site = timezone.get_current_timezone(), timezone.get_default_timezone()
    words = _in_zone(value, here)
    if timezone.localtime(value, here).utcoffset() == timezone.localtime(value, site).utcoffset():
        return words
    return _("%(here)s, which readers see as %(site)s") % {"here": words, "site": _in_zone(value, site)}


def event_mode_sentence(window: EventWindow) -> str:
    """What runs, until when, and who opened it."""
    values = {"until": moment(window.ends_at), "most": window.most, "opened": moment(window.opened_at), "who": window.opened_by}
    if not window.opened_by:
        return _("Event mode until %(until)s: up to %(most)d endorsements an hour from one network. Started on %(opened)s.") % values
    return _("Event mode until %(until)s: up to %(most)d endorsements an hour from one network. Started by %(who)s on %(opened)s.") % values


def _in_zone(value: datetime, zone: Any) -> str:
    return f"{date_format(timezone.localtime(value, zone), 'j F Y, H:i')} ({zone})"


def _sentences(sign_on: SignOn, stored: DeclarationPage, now: datetime) -> list[str]:
    """The state, and what happens next at a set time."""
    closes = stored.closes_at
    match sign_on.state:
        case SignOnState.DRAFT:
            public = _("The page is public, and nobody can endorse it yet.") if stored.live else _("Nobody can see or endorse it yet.")
            return [public, _opening(stored.opens_at, stored.live)]
        case SignOnState.CIRCULATING:
            secret = _("Whoever has the secret link can read and endorse it. There is no public page and no public list.")
            return [secret, _opening(stored.opens_at, True), _closing(closes, now)]
        case SignOnState.OPEN:
            since = _("Open since %(moment)s.") % {"moment": moment(sign_on.opened_at)} if sign_on.opened_at else ""
            return [since, _closing(closes, now) or _("It stays open until you close it.")]
        case SignOnState.CLOSED:
            return [
                _("Closed since %(moment)s.") % {"moment": moment(sign_on.closed_at)} if sign_on.closed_at else "",
                _grace(sign_on, now),
            ]
    return [_("Delivered on %(moment)s.") % {"moment": moment(sign_on.delivered_at)} if sign_on.delivered_at else ""]


def _opening(opens: datetime | None, can_open: bool) -> str:
    if opens is None:
        return ""
    words = _("It opens by itself on %(moment)s.") if can_open else _("It opens by itself on %(moment)s, if the page is public by then.")
    return words % {"moment": moment(opens)}


def _closing(closes: datetime | None, now: datetime) -> str:
    if closes is None:
        return ""
    if closes <= now:
        return _("Its closing time, %(moment)s, has passed: nobody can endorse any more.") % {"moment": moment(closes)}
    return _("It closes by itself on %(moment)s.") % {"moment": moment(closes)}


def _grace(sign_on: SignOn, now: datetime) -> str:
    ends = sign_on.grace_ends_at()
    if ends is None or ends <= now:
        return ""
    return _("Who endorsed in time may press the button in the mail until %(moment)s.") % {"moment": moment(ends)}


def _other_text(other: bool) -> str:
    if not other:
        return ""
    return _(
        "Your draft has another text than the one that is being signed. Readers do not see the change until you publish it as a correction "
        "or as a new version."
    )


def _unpublished(sign_on: SignOn, stored: DeclarationPage) -> str:
    if stored.live or sign_on.state in (SignOnState.DRAFT, SignOnState.CIRCULATING):
        return ""
    if sign_on.state in OVER:
        return _("The page is not published: nobody can read the text or see who stands behind it. Publish it again.")
    return _("The page is not published: nobody can endorse, and the links in mails wait until you publish it again.")


def _times_in_draft(sign_on: SignOn, page: DeclarationPage, stored: DeclarationPage) -> str:
    if not stored.live or _times(page) == _times(stored):
        return ""
    return _("Your draft has other times than those that count now. They count from when you publish.")


def _times(page: DeclarationPage) -> tuple[Any, ...]:
    """As the form shows them, to the minute."""
    opens, closes = (moment and moment.replace(second=0, microsecond=0) for moment in (page.opens_at, page.closes_at))
    return opens, closes, page.grace_days


def problems_before_publishing(draft: DeclarationPage) -> list[str]:
    """What has to be corrected before this draft can be published, in sentences, except that its text has changed."""
    changed = draft.reason_not_to_publish()
    found = [problem.message for problem in find_problems(draft) if problem.blocks_publishing and problem.message != changed]
    if not draft.body:
        found.append(_("The text is empty: there is nothing to sign."))
    try:
        draft.full_clean()
    except ValidationError as error:
        found += [
            f"{label_of(draft, name)}: {' '.join(messages)}" if name != "__all__" else " ".join(messages)
            for name, messages in error.message_dict.items()
        ]
    return found


def _buttons(sign_on: SignOn, has_other_text: bool) -> list[Button]:
    def button(label: str, action: str, is_main: bool = False) -> Button:
        return Button(label, reverse(f"declaration_{action}", args=(sign_on.declaration_id,)), is_main)

    change = [button(_("Publish the changed text …"), "publish_text", True)] if has_other_text else []
    match sign_on.state:
        case SignOnState.DRAFT:
            return [button(_("Open for endorsement …"), "open", True), button(_("Circulate under embargo …"), "circulate")]
        case SignOnState.CIRCULATING:
            main = button(_("Open for endorsement …"), "open", not change)
            return [*change, main, button(_("Make a new secret link …"), "circulate"), button(_("Stop circulating …"), "stop_circulating")]
        case SignOnState.OPEN:
            return [*change, button(_("Close …"), "close")]
        case SignOnState.CLOSED:
            return [*change, button(_("Record a delivery …"), "deliver", not change), button(_("Open again …"), "open")]
    return [*change, button(_("Record another delivery …"), "deliver")]


def _event_buttons(sign_on: SignOn, window: EventWindow | None, over_limit: int) -> list[Button]:
    """Event mode, and the release of what a limit held, while endorsements are taken."""
    if sign_on.state not in TAKING_ENDORSEMENTS:
        return []
    page = sign_on.declaration_id
    found = [Button(_("Change event mode …") if window else _("Event mode …"), reverse("declaration_event_mode", args=(page,)))]
    if window:
        found.append(Button(_("End event mode …"), reverse("declaration_end_event_mode", args=(page,))))
    if over_limit:
        label = _("Release those held by the limit (%(count)d) …") % {"count": over_limit}
        found.append(Button(label, f"{reverse('endorsement_queue:release_held')}?declaration={page}"))
    return found
