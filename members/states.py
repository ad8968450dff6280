"""Roles and statuses of organisations, and the states of applications, ballots and profile changes. Data without code.

Only the `workflow` modules change these states; docs/decisions/0016 draws them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """The kind of a membership."""

    MEMBER = "member", _("Member")
    OBSERVER = "observer", _("Observer")


# Slugs that no organisation may have: the addresses of other pages below /members/ (members/urls.py).
RESERVED_SLUGS = frozenset({"address", "link", "not-me", "numbers", "profile", "vote", "year"})


class Role(models.TextChoices):
    """A role in the coalition, to list organisations by. Steering means a seat on the committee, the others a kind of membership."""

    MEMBER = "member", _("Members")
    OBSERVER = "observer", _("Observers")
    STEERING = "steering", _("Steering committee")
    FOUNDING = "founding", _("Founding members")


class OrganisationKind(models.TextChoices):
    NGO = "ngo", _("Non-governmental organisation")
    PROFESSIONAL = "professional", _("Professional association")
    UNION = "union", _("Trade union")
    FAITH = "faith", _("Faith-based organisation")
    ACADEMIC = "academic", _("University or research institute")
    COMMUNITY = "community", _("Community or patients’ group")
    NETWORK = "network", _("Network or coalition")
    PROVIDER = "provider", _("Health facility or service")
    OTHER = "other", _("Other")


# Applications


class ApplicationState(models.TextChoices):
    """The state of an application to join."""

    DRAFT = "draft", _("Being written")
    SUBMITTED = "submitted", _("Submitted, waiting for the secretariat")
    CHECKING = "checking", _("Being checked")
    MORE_INFORMATION = "more_information", _("Waiting for the applicant’s answers")
    WITH_COMMITTEE = "with_committee", _("With the steering committee")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# The secretariat may decline without the committee, for example a made-up name or a second application.
APPLICATION_TRANSITIONS = {
    ApplicationState.DRAFT: {ApplicationState.SUBMITTED},
    ApplicationState.SUBMITTED: {ApplicationState.CHECKING, ApplicationState.WITHDRAWN},
    ApplicationState.CHECKING: {
        ApplicationState.MORE_INFORMATION,
        ApplicationState.WITH_COMMITTEE,
        ApplicationState.DECLINED,
        ApplicationState.WITHDRAWN,
    },
    ApplicationState.MORE_INFORMATION: {ApplicationState.CHECKING, ApplicationState.WITHDRAWN},
    ApplicationState.WITH_COMMITTEE: {
        ApplicationState.CHECKING,
        ApplicationState.ACCEPTED,
        ApplicationState.DECLINED,
        ApplicationState.WITHDRAWN,
    },
    ApplicationState.ACCEPTED: set(),
    ApplicationState.DECLINED: set(),
    ApplicationState.WITHDRAWN: set(),
}
# A database constraint allows one of these per organisation key; drafts do not count.
OPEN = (ApplicationState.SUBMITTED, ApplicationState.CHECKING, ApplicationState.MORE_INFORMATION, ApplicationState.WITH_COMMITTEE)
ENDED = (ApplicationState.ACCEPTED, ApplicationState.DECLINED, ApplicationState.WITHDRAWN)
# The applicant may change all of a draft, and what was asked while more information is needed.
WRITABLE = (ApplicationState.DRAFT, ApplicationState.MORE_INFORMATION)
AWAITING_SECRETARIAT = (ApplicationState.SUBMITTED, ApplicationState.CHECKING, ApplicationState.WITH_COMMITTEE)


class DeclineReason(models.TextChoices):
    """The reason given to the applicant, worded in templates/emails/members/declined/."""

    CRITERIA = "criteria", _("Our members are civil-society organisations that work for health workers, and we could not see that here")
    COMMERCIAL = "commercial", _("Funding from for-profit health business is a conflict with the coalition’s aims")
    VISION = "vision", _("The organisation’s positions are at odds with the coalition’s vision")
    UNVERIFIED = "unverified", _("We could not make sure who the organisation is, or that its representative may speak for it")
    DUPLICATE = "duplicate", _("The organisation belongs to the coalition, or has applied, already")
    OTHER = "other", _("Another reason")


class FileKind(models.TextChoices):
    LOGO = "logo", _("Logo")
    DOCUMENT = "document", _("Document")


class Access(models.TextChoices):
    """What a colleague invited to an application may do."""

    READ = "read", _("Read")
    EDIT = "edit", _("Read and edit")


# Ballots


class VotingRule(models.TextChoices):
    NO_OBJECTION = "no_objection", _("Accepted unless somebody objects")
    MAJORITY = "majority", _("Accepted by a majority, with a quorum")


class BallotState(models.TextChoices):
    OPEN = "open", _("Open")
    PAUSED = "paused", _("Stopped by an objection")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


BALLOT_TRANSITIONS = {
    BallotState.OPEN: {BallotState.PAUSED, BallotState.CLOSED, BallotState.CANCELLED},
    BallotState.PAUSED: {BallotState.OPEN, BallotState.CLOSED, BallotState.CANCELLED},
    BallotState.CLOSED: set(),  # without a quorum it may be extended: `committee.workflow.move_end`
    BallotState.CANCELLED: set(),
}
# A database constraint allows one of these per application.
RUNNING = (BallotState.OPEN, BallotState.PAUSED)


class VoteChoice(models.TextChoices):
    """The choice of a vote."""

    FOR = "for", _("For")
    AGAINST = "against", _("Against")
    ABSTAIN = "abstain", _("Abstain")
    OBJECTION = "objection", _("I object, for this reason")
    RECUSE = "recuse", _("I take no part: a conflict of interest")


# Where an objection decides, a vote against needs a reason: it is an objection.
CHOICES_BY_RULE = {
    VotingRule.NO_OBJECTION: (VoteChoice.FOR, VoteChoice.ABSTAIN, VoteChoice.OBJECTION, VoteChoice.RECUSE),
    VotingRule.MAJORITY: (VoteChoice.FOR, VoteChoice.AGAINST, VoteChoice.ABSTAIN, VoteChoice.OBJECTION, VoteChoice.RECUSE),
}
NEEDS_REASON = (VoteChoice.OBJECTION, VoteChoice.RECUSE)


class BallotResult(models.TextChoices):
    """The result of a ballot."""

    ADOPTED = "adopted", _("The committee agrees")
    REJECTED = "rejected", _("The committee does not agree")
    OBJECTED = "objected", _("There is an objection")
    NO_QUORUM = "no_quorum", _("No quorum: too few voted")


class NotAsked(models.TextChoices):
    """Why somebody cannot be asked by email, or was not."""

    NO_ADDRESS = "no_address", _("no email address")
    UNCONFIRMED = "unconfirmed", _("email address not confirmed")
    SUPPRESSED = "suppressed", _("wants no email from us")
    FAILED = "failed", _("the last email could not be delivered")
    WAITING = "waiting", _("no email sent yet")


class NotCounted(models.TextChoices):
    """Why the vote of a seat does not count, although the seat could vote when the ballot opened."""

    SEAT_ENDED = "seat", _("its seat has ended")
    MEMBERSHIP_ENDED = "membership", _("its membership has ended")


# Members


class ContactRole(models.TextChoices):
    """The role of a contact; each value is a boolean field of Contact."""

    VOTING = "voting", _("Voting representative")
    ALTERNATE = "alternate", _("Alternate")
    COMMUNICATIONS = "communications", _("Communications")
    FINANCE = "finance", _("Finance")


class ChangeState(models.TextChoices):
    """The state of a profile change that a member proposes."""

    PENDING = "pending", _("Waiting for the secretariat")
    APPLIED = "applied", _("Applied")
    REFUSED = "refused", _("Not applied")


CHANGE_TRANSITIONS = {
    ChangeState.PENDING: {ChangeState.APPLIED, ChangeState.REFUSED},
    ChangeState.APPLIED: set(),
    ChangeState.REFUSED: set(),
}


class LeavingState(models.TextChoices):
    """The state of a member's wish to leave."""

    WAITING = "waiting", _("Waiting for the secretariat")
    TAKEN_BACK = "taken_back", _("Taken back")
    ENDED = "ended", _("Membership ended")


LEAVING_TRANSITIONS = {
    LeavingState.WAITING: {LeavingState.TAKEN_BACK, LeavingState.ENDED},
    LeavingState.TAKEN_BACK: set(),
    LeavingState.ENDED: set(),
}


class MembershipStatus(models.TextChoices):
    """The status of a membership on a day, computed from its dates by `members.models.membership_year` and never stored."""

    UPCOMING = "upcoming", _("Not yet begun")
    ACTIVE = "active", _("Active")
    NOT_ASKED = "not_asked", _("Due, nobody asked yet")
    DUE = "due", _("To be confirmed")
    GRACE = "grace", _("Overdue")
    DORMANT = "dormant", _("Dormant")
    ENDED = "ended", _("Ended")
