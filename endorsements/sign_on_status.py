"""What the editing screen of a declaration says of its sign-on, and which buttons it offers."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from .models import DeclarationPage, SignOn, TextVersion
from .states import SignOnState
from .text_versions import differs


@dataclass(frozen=True)
class Button:
    """Leads to a page that explains the verb and asks once more."""

    label: str
    url: str
    is_main: bool = False


@dataclass(frozen=True)
class Status:
    """The state in words, the text in force, the counts, the buttons this person may press now."""

    state: str
    label: str
    version: TextVersion | None
    has_other_text: bool
    buttons: list[Button]


def status_of(page: DeclarationPage, user: Any) -> Status | None:
    """None for a page that has not been saved yet."""
    if not page.pk:
        return None
    sign_on = page.signing
    other = sign_on.is_frozen and differs(page, sign_on)
    allowed = user.has_perm("endorsements.change_signon")
    return Status(sign_on.state, sign_on.get_state_display(), sign_on.version, other, _buttons(sign_on, other) if allowed else [])


def _buttons(sign_on: SignOn, has_other_text: bool) -> list[Button]:
    def button(label: str, verb: str, is_main: bool = False) -> Button:
        return Button(label, reverse(f"declaration_{verb}", args=(sign_on.declaration_id,)), is_main)

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
