"""How an organisation stands to the coalition, and the states of an application, a ballot and a profile change: data, no code.

`members.workflow` is the only writer of these states; docs/decisions/0016 draws them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """Of a membership."""

    MEMBER = "member", _("Member")
    OBSERVER = "observer", _("Observer")


# What stands below /members/ under these names is no organisation (members/urls.py).
TAKEN_ADDRESSES = frozenset({"link", "not-me", "numbers", "profile", "vote", "year"})


class Role(models.TextChoices):
    """What a list of organisations may be asked for. Steering is a seat held, the others a kind of membership."""

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


class State(models.TextChoices):
    """Of an application to join."""

    DRAFT = "draft", _("Being written")
    SUBMITTED = "submitted", _("Submitted, waiting for the secretariat")
    CHECKING = "checking", _("Being checked")
    MORE_INFORMATION = "more_information", _("Waiting for the applicant’s answers")
    WITH_COMMITTEE = "with_committee", _("With the steering committee")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Declining while it is being checked is for what no committee need see: a made-up name, a second application.
TRANSITIONS = {
    State.DRAFT: {State.SUBMITTED},
    State.SUBMITTED: {State.CHECKING, State.WITHDRAWN},
    State.CHECKING: {State.MORE_INFORMATION, State.WITH_COMMITTEE, State.DECLINED, State.WITHDRAWN},
    State.MORE_INFORMATION: {State.CHECKING, State.WITHDRAWN},
    State.WITH_COMMITTEE: {State.CHECKING, State.ACCEPTED, State.DECLINED, State.WITHDRAWN},
    State.ACCEPTED: set(),
    State.DECLINED: set(),
    State.WITHDRAWN: set(),
}
# One of these to an organisation's key: a database constraint. A draft keeps nobody out.
OPEN = (State.SUBMITTED, State.CHECKING, State.MORE_INFORMATION, State.WITH_COMMITTEE)
ENDED = (State.ACCEPTED, State.DECLINED, State.WITHDRAWN)
# The applicant writes in it: all of a draft, of the other what was asked.
WRITABLE = (State.DRAFT, State.MORE_INFORMATION)
# Whose move it is.
WITH_US = (State.SUBMITTED, State.CHECKING, State.WITH_COMMITTEE)


class DeclineReason(models.TextChoices):
    """Told to the applicant, in the words of templates/emails/members/declined/."""

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
    """What a colleague who was invited to an application may do."""

    READ = "read", _("Read")
    EDIT = "edit", _("Read and edit")


# Ballots


class Rule(models.TextChoices):
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
    BallotState.CLOSED: set(),
    BallotState.CANCELLED: set(),
}
# One of these to an application: a database constraint.
RUNNING = (BallotState.OPEN, BallotState.PAUSED)


class Choice(models.TextChoices):
    """Of a vote."""

    FOR = "for", _("For")
    AGAINST = "against", _("Against")
    ABSTAIN = "abstain", _("Abstain")
    OBJECTION = "objection", _("I object, for this reason")
    RECUSE = "recuse", _("I take no part: a conflict of interest")


# Where silence is consent, being against without a reason would mean nothing.
CHOICES_OF = {
    Rule.NO_OBJECTION: (Choice.FOR, Choice.ABSTAIN, Choice.OBJECTION, Choice.RECUSE),
    Rule.MAJORITY: (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN, Choice.OBJECTION, Choice.RECUSE),
}
NEEDS_REASON = (Choice.OBJECTION, Choice.RECUSE)


class Result(models.TextChoices):
    """Of a ballot."""

    ADOPTED = "adopted", _("The committee agrees")
    REJECTED = "rejected", _("The committee does not agree")
    OBJECTED = "objected", _("There is an objection")
    NO_QUORUM = "no_quorum", _("Too few took part")


# Members


class ContactRole(models.TextChoices):
    """The fields of a contact that say what it is for."""

    VOTING = "voting", _("Voting representative")
    ALTERNATE = "alternate", _("Alternate")
    COMMUNICATIONS = "communications", _("Communications")
    FINANCE = "finance", _("Finance")


class ChangeState(models.TextChoices):
    """Of a profile change that a member proposes."""

    PENDING = "pending", _("Waiting for the secretariat")
    APPLIED = "applied", _("Applied")
    REFUSED = "refused", _("Not applied")


CHANGE_TRANSITIONS = {
    ChangeState.PENDING: {ChangeState.APPLIED, ChangeState.REFUSED},
    ChangeState.APPLIED: set(),
    ChangeState.REFUSED: set(),
}


class YearStatus(models.TextChoices):
    """Of a membership on a day; computed from its dates (`members.models.membership_year`), never stored."""

    UPCOMING = "upcoming", _("Not yet begun")
    ACTIVE = "active", _("Active")
    DUE = "due", _("To be confirmed")
    GRACE = "grace", _("Overdue")
    DORMANT = "dormant", _("Dormant")
    ENDED = "ended", _("Ended")
