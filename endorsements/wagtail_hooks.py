"""What declarations add to the admin."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page

from cms.dashboard import HOOK
from core.admin import deletion_guard
from endorsements.declarations.admin import urls as declaration_urls
from endorsements.declarations.admin_event_mode import event_mode_runs
from endorsements.declarations.admin_event_mode import urls as event_mode_urls
from endorsements.declarations.admin_listing import write_a_declaration
from endorsements.declarations.deletion_guard import why_not_deleted
from endorsements.deliveries.admin import urls as delivery_urls
from endorsements.imports.admin import import_button
from endorsements.moderation.admin.names import names_to_correct
from endorsements.moderation.admin.queue import endorsements_to_look_at, site_was_over_its_limit
from endorsements.responses.admin_opening import urls as opening_urls

from .admin import DeclarationsGroup

LOGGED = {
    "circulate": (gettext_lazy("Circulate"), gettext_lazy("Circulated under embargo")),
    "stop_circulating": (gettext_lazy("Stop circulating"), gettext_lazy("Stopped circulating")),
    "open": (gettext_lazy("Open"), gettext_lazy("Opened for endorsement")),
    "open_window": (gettext_lazy("Event mode"), gettext_lazy("Started event mode")),
    "end_window": (gettext_lazy("End event mode"), gettext_lazy("Ended event mode")),
    "close": (gettext_lazy("Close"), gettext_lazy("Closed")),
    "correct": (gettext_lazy("Correct"), gettext_lazy("Corrected the text")),
    "new_version": (gettext_lazy("New version"), gettext_lazy("Made a new version of the text")),
    "deliver": (gettext_lazy("Deliver"), gettext_lazy("Recorded a delivery")),
    "reply": (gettext_lazy("Reply"), gettext_lazy("Recorded the reply")),
    "announce": (gettext_lazy("Tell"), gettext_lazy("Told the endorsers of it")),
    "ask_members": (gettext_lazy("Ask members"), gettext_lazy("Asked the members that were not asked yet")),
    "stop_asking": (gettext_lazy("Stop emails"), gettext_lazy("Stopped the emails to members")),
    "chase_members": (gettext_lazy("Remind members"), gettext_lazy("Reminded the members that were silent")),
    "answer": (gettext_lazy("Answer"), gettext_lazy("Answered by a member")),
    "endorse": (gettext_lazy("Endorse"), gettext_lazy("Endorsed by a member’s own link")),
    "submit": (gettext_lazy("Submit"), gettext_lazy("Submitted on the site")),
    "confirm": (gettext_lazy("Confirm"), gettext_lazy("Confirmed by its holder")),
    "renew": (gettext_lazy("Renew"), gettext_lazy("Confirmed a new version")),
    "second": (gettext_lazy("Second"), gettext_lazy("Confirmed by a second person")),
    "disown": (gettext_lazy("Not me"), gettext_lazy("Ended by the owner of the address: “this was not me”")),
    "withdraw": (gettext_lazy("Withdraw"), gettext_lazy("Withdrawn")),
    "replace": (gettext_lazy("Replace"), gettext_lazy("Replaced by its holder with other answers")),
    "change_role": (gettext_lazy("Change role"), gettext_lazy("Role corrected by its holder")),
    "consent": (gettext_lazy("Consent"), gettext_lazy("Consent changed by its holder")),
    "propose_name": (gettext_lazy("Propose name"), gettext_lazy("Name correction proposed by its holder")),
    "cancel_name": (gettext_lazy("Cancel name"), gettext_lazy("Name correction cancelled by its holder")),
    "accept_name": (gettext_lazy("Accept name"), gettext_lazy("Accepted a corrected name")),
    "decline_name": (gettext_lazy("Decline name"), gettext_lazy("Declined a corrected name")),
    "correct_name": (gettext_lazy("Correct name"), gettext_lazy("Corrected the name")),
    "approve": (gettext_lazy("Approve"), gettext_lazy("Listed")),
    "hold": (gettext_lazy("Hold"), gettext_lazy("Held back")),
    "release": (gettext_lazy("Release"), gettext_lazy("Released: the mail to confirm was sent")),
    "decline": (gettext_lazy("Decline"), gettext_lazy("Declined")),
    "merge": (gettext_lazy("Merge"), gettext_lazy("Merged a duplicate into it")),
    "undo": (gettext_lazy("Undo"), gettext_lazy("Put back")),
    "note": (gettext_lazy("Note"), gettext_lazy("Wrote a note")),
    "list_initial": (gettext_lazy("List"), gettext_lazy("Listed as initial signatory")),
    "import": (gettext_lazy("Import"), gettext_lazy("Imported from a list")),
    "take_back": (gettext_lazy("Take back"), gettext_lazy("Took an import back")),
    "export": (gettext_lazy("Export"), gettext_lazy("Exported personal data")),
    "erase": (gettext_lazy("Erase"), gettext_lazy("Erased the personal data")),
}


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    for name, (label, message) in LOGGED.items():
        actions.register_action(f"endorsements.{name}", label, message)


hooks.register("register_page_listing_more_buttons", import_button)
hooks.register("register_page_header_buttons", import_button)
hooks.register("register_admin_urls", delivery_urls)
hooks.register("register_admin_urls", declaration_urls)
hooks.register("register_admin_urls", event_mode_urls)
hooks.register("register_admin_urls", opening_urls)
hooks.register("register_admin_viewset", DeclarationsGroup)
deletion_guard.register(Page, why_not_deleted)
hooks.register(HOOK, endorsements_to_look_at)
hooks.register(HOOK, event_mode_runs)
hooks.register(HOOK, site_was_over_its_limit)
hooks.register(HOOK, names_to_correct)
hooks.register(HOOK, write_a_declaration)


@hooks.register("insert_global_admin_css")
def declarations_style() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("admin/declarations.css"))
