"""Circulating, opening and closing a sign-on, and changing a text that people have signed."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.links import tokens
from core.transitions import NotPossible, transition
from core.web.page_cache import content_changed
from endorsements.models import DeclarationPage, Mailing, SignOn, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.states import SIGN_ON_TRANSITIONS, MailingKind, SignOnState
from endorsements.text.canonical import canonical_text
from endorsements.text.change_size import ChangeSize, change_size

from .initial_signatories import list_initial_signatories
from .versions import add_version, lock

CIRCULATION = "endorsements.circulation"
CIRCULATION_LIFETIME = timedelta(days=400)
# After opening, before members are emailed.
TIME_TO_STOP = timedelta(minutes=10)


def circulate(sign_on: SignOn, *, by: Any, now: datetime) -> str:
    """Freeze the latest draft, and create a secret link to read and endorse it. Returns the link's token, which is not stored.

    A second call replaces the link: the former one stops working.
    """
    with transaction.atomic():
        lock(sign_on)
        transition(
            sign_on,
            to=SignOnState.CIRCULATING,
            transitions=SIGN_ON_TRANSITIONS,
            action="endorsements.circulate",
            by=by,
            changes={"circulated_at": now},
        )
        page, before = latest_draft(sign_on), sign_on.version
        version = add_version(sign_on, page, is_new=True, by=by, now=now)
        _start_mailing(sign_on, before, version, by=by, now=now)
        list_initial_signatories(page, sign_on, by=by, now=now)
        subject = circulation_subject(sign_on)
        tokens.revoke(purpose=CIRCULATION, subject=subject)
        return tokens.make(purpose=CIRCULATION, subject=subject, lifetime=CIRCULATION_LIFETIME)


def stop_circulating(sign_on: SignOn, *, by: Any, now: datetime) -> bool:
    """Return to draft: the secret link stops working. Endorsements stay."""
    with transaction.atomic():
        moved = transition(sign_on, to=SignOnState.DRAFT, transitions=SIGN_ON_TRANSITIONS, action="endorsements.stop_circulating", by=by)
        tokens.revoke(purpose=CIRCULATION, subject=circulation_subject(sign_on))
        return moved


def open_sign_on(sign_on: SignOn, *, ask_members: bool | None = None, by: Any, now: datetime) -> bool:
    """Publish the latest draft, freeze its text and take endorsements: from draft, from circulation, or again after closing.

    With `ask_members` (None: as the page says), members are emailed after TIME_TO_STOP; until then `stop_asking` prevents it. A text that
    has changed since it circulated becomes a new version. Raises NotPossible if the closing time has passed, or if the draft of a closed
    one has another text, which has to be published first. False if it is open already.
    """
    page = latest_draft(sign_on)
    if page.closes_at and page.closes_at <= now:
        raise NotPossible(_("The closing time has passed. Choose a later one, save the draft, and open it then."))
    with transaction.atomic():
        lock(sign_on)
        was, before = sign_on.state, sign_on.version
        asks = page.takes_organisations and (page.asks_members if ask_members is None else ask_members)
        changes = {
            "opened_at": sign_on.opened_at or now,
            "closed_at": None,
            "ask_members_at": now + TIME_TO_STOP if asks else None,
        }
        if not transition(
            sign_on, to=SignOnState.OPEN, transitions=SIGN_ON_TRANSITIONS, action="endorsements.open", by=by, changes=changes
        ):
            return False
        if was == SignOnState.CLOSED and sign_on.differs_from(page):
            raise NotPossible(_("The draft has another text than the one that was signed. Publish the changed text first."))
        version = add_version(sign_on, page, is_new=True, by=by, now=now)
        _start_mailing(sign_on, before, version, by=by, now=now)
        _publish(page, by=by)
        list_initial_signatories(page, sign_on, by=by, now=now)
        content_changed()
    return True


def stop_asking(sign_on: SignOn, *, by: Any, now: datetime) -> bool:
    """Do not email members, although it was planned. False if none was planned, or the emails are being written already."""
    with transaction.atomic():
        planned = SignOn.objects.filter(pk=sign_on.pk, ask_members_at__gt=now)
        if not planned.update(ask_members_at=None):
            return False
        log(sign_on, "endorsements.stop_asking", user=by)
    sign_on.ask_members_at = None
    return True


def note_asking(sign_on: SignOn, *, now: datetime) -> None:
    """A colleague has members emailed now; new contacts are then asked for two weeks, as after opening."""
    SignOn.objects.filter(Q(ask_members_at__isnull=True) | Q(ask_members_at__gt=now), pk=sign_on.pk).update(ask_members_at=now)


def close(sign_on: SignOn, *, by: Any, now: datetime) -> bool:
    """Take no more endorsements; emailed links still confirm for the days of grace. False if it is closed already."""
    with transaction.atomic():
        moved = transition(
            sign_on, to=SignOnState.CLOSED, transitions=SIGN_ON_TRANSITIONS, action="endorsements.close", by=by, changes={"closed_at": now}
        )
        content_changed()
    return moved


def publish_text(sign_on: SignOn, *, is_new: bool, note: str, is_same_meaning: bool = False, by: Any, now: datetime) -> TextVersion:
    """Publish the changed draft of a frozen text, as a correction or as a new version.

    Endorsers stay under the version they signed and are emailed a link to confirm a new one. Raises NotPossible for a new version once
    the sign-on is over, because nobody could confirm it; and for a correction that is more than a slip, unless somebody has looked at the
    differences again and says that it `is_same_meaning`.
    """
    with transaction.atomic():
        lock(sign_on)
        if is_new and sign_on.is_over:
            raise NotPossible(_("The sign-on is over: nobody could sign a new version. Only slips can be corrected."))
        page, before = latest_draft(sign_on), sign_on.version
        size = None if is_new else correction_size(sign_on, page)
        if size and size.is_large and not is_same_meaning:
            raise NotPossible(_("This is more than a slip. Look at the differences again, or publish it as a new version."))
        version = add_version(sign_on, page, is_new=is_new, note=note, by=by, now=now)
        if before is None or version.pk == before.pk:
            return version
        log(
            sign_on,
            "endorsements.new_version" if is_new else "endorsements.correct",
            user=by,
            data={"from": before.label, "to": version.label, "note": note} | ({"words": size.words} if size else {}),
        )
        _start_mailing(sign_on, before, version, by=by, now=now)
        if sign_on.state != SignOnState.CIRCULATING:
            _publish(page, by=by)
        content_changed()
    return version


def correction_size(sign_on: SignOn, page: DeclarationPage) -> ChangeSize:
    """How far the page's text is from the one that was first signed under the version in force: several slips add up."""
    version = sign_on.version
    signed = TextVersion.objects.filter(declaration_id=sign_on.declaration_id, number=version.number, correction=0) if version else None
    first = signed.first() if signed is not None else None
    return change_size((first or version).text, canonical_text(page)) if version else ChangeSize(0, False)


def follow_published(page: DeclarationPage, *, by: Any, now: datetime) -> None:
    """List the initial signatories of a page that was published in any way, and make a changed text a new version.

    The editor's Publish button refuses a changed text (`publishing_errors`). If one is published all the same, a new version keeps every
    name under the text that its owner has seen.
    """
    sign_on = sign_on_of(page)
    lock(sign_on)
    if not sign_on.is_frozen:
        return
    before = sign_on.version
    version = add_version(sign_on, page, is_new=True, by=by, now=now)
    if before and version.pk != before.pk:
        log(sign_on, "endorsements.new_version", user=by, data={"from": before.label, "to": version.label})
        _start_mailing(sign_on, before, version, by=by, now=now)
    list_initial_signatories(page, sign_on, by=by, now=now)


def latest_draft(sign_on: SignOn) -> DeclarationPage:
    """The page as the editor last saved it."""
    page = DeclarationPage.objects.get(pk=sign_on.declaration_id)
    return page.get_latest_revision_as_object()


def circulation_subject(sign_on: SignOn) -> str:
    return f"declaration:{sign_on.declaration_id}"


def _publish(page: DeclarationPage, *, by: Any) -> None:
    if page.live and not page.has_unpublished_changes:
        return
    page.go_live_at = None
    page.save_revision(user=by, log_action=False).publish(user=by, skip_permission_checks=True)


def _start_mailing(sign_on: SignOn, before: TextVersion | None, version: TextVersion, *, by: Any, now: datetime) -> None:
    """Have those who signed an earlier version emailed to confirm this one (`endorsements.deliveries.mailings`)."""
    if before is not None and version.number > before.number:
        Mailing.objects.get_or_create(
            kind=MailingKind.NEW_VERSION,
            version=version,
            defaults={"declaration_id": sign_on.declaration_id, "begun_at": now, "begun_by": by},
        )
