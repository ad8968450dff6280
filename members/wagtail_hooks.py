"""What the members add to the admin."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry
from wagtail.snippets.models import register_snippet

from cms.dashboard import HOOK
from core.admin import deletion_guard
from members.committee.admin.ballots import ballots_that_wait, my_votes
from members.membership.admin import profile_changes
from members.membership.contacts_admin import urls as contact_urls
from members.membership.ending_admin import members_who_leave, offer_to_end_seats
from members.membership.ending_admin import urls as ending_urls
from members.organisations.admin.dashboard import members_about_to_be_hidden, members_that_cannot_be_asked, seats_that_end
from members.organisations.admin.merging import urls as merging_urls
from members.organisations.workflow import why_not_deleted
from members.review.admin.applications import applications_to_decide

from .admin import Coalition
from .models import Organisation

register_snippet(Coalition)
hooks.register("register_admin_urls", merging_urls)
hooks.register("register_admin_urls", contact_urls)
hooks.register("register_admin_urls", ending_urls)
hooks.register("after_edit_snippet", offer_to_end_seats)
deletion_guard.register(Organisation, why_not_deleted)
for shortcut in (
    my_votes,
    ballots_that_wait,
    applications_to_decide,
    profile_changes,
    members_who_leave,
    members_that_cannot_be_asked,
    members_about_to_be_hidden,
    seats_that_end,
):
    hooks.register(HOOK, shortcut)

LOGGED = {
    "submit": (_("Submit"), _("Submitted")),
    "take": (_("Check"), _("Began to check")),
    "assign": (_("Assign"), _("Assigned")),
    "ask": (_("Ask"), _("Asked the applicant")),
    "stop_asking": (_("Go on"), _("Went on without the answers")),
    "answer": (_("Answer"), _("Answered by the applicant")),
    "put_to_committee": (_("Put to the committee"), _("Put to the steering committee")),
    "ask_again": (_("Check again"), _("Taken back from the committee")),
    "accept": (_("Accept"), _("Accepted")),
    "decline": (_("Decline"), _("Declined")),
    "withdraw": (_("Withdraw"), _("Withdrawn")),
    "promise": (_("Promise"), _("Promised another day")),
    "note": (_("Note"), _("Wrote a note")),
    "erase": (_("Erase"), _("Erased the personal data")),
    "open_ballot": (_("Open"), _("Opened the ballot")),
    "vote": (_("Vote"), _("A vote was cast")),
    "record_vote": (_("Record"), _("Recorded the vote of a seat")),
    "send_vote_link": (_("Send"), _("Sent the link to vote again")),
    "change_voter": (_("Voter"), _("The address of a seat changed: the former link has ended")),
    "pause_ballot": (_("Pause"), _("An objection paused the ballot")),
    "resume_ballot": (_("Resume"), _("Resumed the ballot")),
    "move_end": (_("Move the end"), _("Moved the end of the ballot")),
    "extend_ballot": (_("Extend"), _("Extended the ballot, which had no quorum")),
    "close_ballot": (_("Close"), _("Closed the ballot")),
    "cancel_ballot": (_("Cancel"), _("Cancelled the ballot")),
    "admit": (_("Admit"), _("Became a member")),
    "merge": (_("Merge"), _("Merged a duplicate into it")),
    "propose_change": (_("Propose"), _("A change of the profile was proposed")),
    "apply_change": (_("Apply"), _("Applied the change of the profile")),
    "refuse_change": (_("Refuse"), _("Did not apply the change of the profile")),
    "ask_to_leave": (_("Leave"), _("The member asked to leave")),
    "stay": (_("Stay"), _("The member took back its wish to leave")),
    "change_contacts": (_("Contacts"), _("Contacts changed")),
    "confirm_contact": (_("Confirm contact"), _("A contact confirmed their address")),
    "disown": (_("Not me"), _("The owner of an address said: “this was not me”")),
    "lift_suppression": (_("Write again"), _("Let an address be written to again")),
    "export": (_("Export"), _("Exported personal data")),
    "end_membership": (_("End"), _("Ended the membership")),
    "import": (_("Import"), _("Imported from a table")),
    "take_back_import": (_("Take back"), _("Took an import back")),
    "welcome_imported": (_("Tell"), _("Told the contacts that came with an import")),
    "confirm_year": (_("Confirm"), _("Confirmed for another year")),
}


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    for name, (label, message) in LOGGED.items():
        actions.register_action(f"members.{name}", label, message)


@hooks.register("insert_global_admin_css")
def coalition_style() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("admin/coalition.css"))
