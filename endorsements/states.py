"""The states of sign-ons and endorsements, the transitions between them, and the choices of their fields: data, no code.

Only the workflows of this app change them (docs/decisions/0012 has a drawing).
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SignOnState(TextChoices):
    DRAFT = "draft", _("Not open for endorsement")
    CIRCULATING = "circulating", _("Circulating under embargo")
    OPEN = "open", _("Open for endorsement")
    CLOSED = "closed", _("Closed")
    DELIVERED = "delivered", _("Delivered")


SIGN_ON_TRANSITIONS = {
    SignOnState.DRAFT: {SignOnState.CIRCULATING, SignOnState.OPEN},
    SignOnState.CIRCULATING: {SignOnState.DRAFT, SignOnState.OPEN},
    SignOnState.OPEN: {SignOnState.CLOSED},
    SignOnState.CLOSED: {SignOnState.OPEN, SignOnState.DELIVERED},
    SignOnState.DELIVERED: set(),
}
# The text is frozen: somebody may have signed it.
FROZEN = (SignOnState.CIRCULATING, SignOnState.OPEN, SignOnState.CLOSED, SignOnState.DELIVERED)
TAKING_ENDORSEMENTS = (SignOnState.CIRCULATING, SignOnState.OPEN)
PUBLIC_LIST = (SignOnState.OPEN, SignOnState.CLOSED, SignOnState.DELIVERED)
OVER = (SignOnState.CLOSED, SignOnState.DELIVERED)


class State(TextChoices):
    """The state of an endorsement."""

    PENDING = "pending", _("Waiting for the mail to be confirmed")
    CONFIRMED = "confirmed", _("Confirmed, waiting for the secretariat")
    HELD = "held", _("Held back")
    LISTED = "listed", _("Listed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ERASED = "erased", _("Erased")


# Undoing a bulk action is not in this table: it restores the state before, if nobody has changed it since.
TRANSITIONS = {
    State.PENDING: {State.CONFIRMED, State.LISTED, State.HELD, State.DECLINED, State.WITHDRAWN, State.ERASED},
    State.CONFIRMED: {State.LISTED, State.HELD, State.DECLINED, State.WITHDRAWN, State.ERASED},
    State.HELD: {State.PENDING, State.LISTED, State.DECLINED, State.WITHDRAWN, State.ERASED},
    State.LISTED: {State.HELD, State.DECLINED, State.WITHDRAWN, State.ERASED},
    State.DECLINED: {State.WITHDRAWN, State.ERASED},
    State.WITHDRAWN: {State.ERASED},
    State.ERASED: set(),
}
# Given by its holder, once confirmed, and not ended. Database constraints allow one LISTED for each declaration and signatory (or
# organisation of the coalition); the others may stand beside each other.
LIVE = (State.CONFIRMED, State.HELD, State.LISTED)
# Before it is confirmed.
UNCONFIRMED = (State.PENDING, State.HELD)
NOT_ENDED = (State.PENDING, *LIVE)
ENDED = (State.DECLINED, State.WITHDRAWN, State.ERASED)
# Waiting for the secretariat: confirmed and not yet listed, or held.
IN_QUEUE = (State.CONFIRMED, State.HELD)


class Kind(TextChoices):
    """Who endorses. The values sort as in lists: organisations first."""

    ORGANISATION = "organisation", _("Organisation")
    PERSON = "person", _("Person")


class WhoMayEndorse(TextChoices):
    """Who may endorse a declaration."""

    BOTH = "both", _("Organisations and people")
    ORGANISATIONS = "organisations", _("Organisations only")
    PEOPLE = "people", _("People only")


class ListingRule(TextChoices):
    """How a confirmed endorsement gets into the list."""

    ALL = "all", _("Listed at once")
    VERIFIED = (
        "green",
        _("Listed at once if confirmed from a domain we know as theirs, or by a member’s own link; others wait for you"),
    )
    NONE = "none", _("All wait for you")


# For organisations, where the first rule has a risk that is to be read when choosing it.
ORGANISATION_RULES = [
    (ListingRule.ALL, _("Listed at once, even if nobody knows them: a stranger can list an invented organisation, or somebody else’s")),
    *[choice for choice in ListingRule.choices if choice[0] != ListingRule.ALL],
]


class Source(TextChoices):
    """Where an endorsement came from."""

    SITE = "site", _("This site")
    MEMBER = "member", _("A member’s own link")
    INITIAL = "initial", _("Initial signatory")
    IMPORT = "import", _("Imported list")
    SAMPLE = "sample", _("Sample")


# Given on this site by its holder, who may be emailed.
BY_ITS_HOLDER = (Source.SITE, Source.MEMBER)


class Answer(TextChoices):
    """A member's answer to an open declaration. Only DECIDING and NO are stored; YES is a live endorsement."""

    YES = "yes", _("Yes")
    DECIDING = "deciding", _("Deciding")
    NO = "no", _("No")
    SILENT = "silent", _("Silent")
    UNASKED = "unasked", _("Not asked")


class HoldReason(TextChoices):
    LIMIT = "limit", _("Many endorsements came from the same place in a short time")
    MODERATOR = "moderator", _("A colleague wants to look at it again")
    NAME = "name", _("The role or affiliation now names an organisation that we know, and the address is elsewhere")
    OUTRANKED = "outranked", _("The organisation itself has answered: this was not verified, and left the list")


class DeclineReason(TextChoices):
    """Why an endorsement was declined. templates/emails/endorsements/declined/ has the wording for its holder."""

    AUTHORITY = "authority", _("We could not make sure that the signatory may sign for the organisation")
    IDENTITY = "identity", _("We could not find the organisation or person under this name")
    COMMERCIAL = "commercial", _("The declaration is not open to companies")
    DUPLICATE = "duplicate", _("The same organisation or person is listed already")
    FALSE = "false", _("The name is made up, or somebody else’s")
    OTHER = "other", _("Another reason")


class Purpose(TextChoices):
    """What a consent is for."""

    SHOW_NAME = "show_name", _("Show my name")
    NEWS = "news", _("Receive news")
    AUTHORITY = "authority", _("I am authorised to sign for the organisation")


class NameChangeState(TextChoices):
    """The state of a corrected name."""

    WAITING = "waiting", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")


NAME_CHANGE_TRANSITIONS = {
    NameChangeState.WAITING: {NameChangeState.ACCEPTED, NameChangeState.DECLINED, NameChangeState.CANCELLED},
    NameChangeState.ACCEPTED: set(),
    NameChangeState.DECLINED: set(),
    NameChangeState.CANCELLED: set(),
}


class MailingKind(TextChoices):
    """An email to all who endorsed a declaration, sent once."""

    NEW_VERSION = "new_version", _("The text has changed: please confirm")
    DELIVERED = "delivered", _("The declaration was delivered")
    REPLY = "reply", _("There is a reply")
