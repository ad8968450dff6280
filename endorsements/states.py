"""The states of a sign-on and of an endorsement, the moves between them, and the choices of both: data, no code.

`endorsements.workflow` is the only writer of these states; docs/decisions/0012 draws them.
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
# The text is frozen: somebody may have put a name under it.
FROZEN = (SignOnState.CIRCULATING, SignOnState.OPEN, SignOnState.CLOSED, SignOnState.DELIVERED)
TAKING_ENDORSEMENTS = (SignOnState.CIRCULATING, SignOnState.OPEN)
PUBLIC_LIST = (SignOnState.OPEN, SignOnState.CLOSED, SignOnState.DELIVERED)
OVER = (SignOnState.CLOSED, SignOnState.DELIVERED)


class State(TextChoices):
    """Of an endorsement."""

    PENDING = "pending", _("Waiting for the mail to be confirmed")
    CONFIRMED = "confirmed", _("Confirmed, waiting for the secretariat")
    HELD = "held", _("Held back")
    LISTED = "listed", _("Listed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ERASED = "erased", _("Erased")


# Not in the table is the secretariat's undo, which puts back what nobody has moved since.
TRANSITIONS = {
    State.PENDING: {State.CONFIRMED, State.LISTED, State.HELD, State.DECLINED, State.WITHDRAWN, State.ERASED},
    State.CONFIRMED: {State.LISTED, State.HELD, State.DECLINED, State.WITHDRAWN, State.ERASED},
    State.HELD: {State.PENDING, State.LISTED, State.DECLINED, State.WITHDRAWN, State.ERASED},
    State.LISTED: {State.HELD, State.DECLINED, State.WITHDRAWN, State.ERASED},
    State.DECLINED: {State.WITHDRAWN, State.ERASED},
    State.WITHDRAWN: {State.ERASED},
    State.ERASED: set(),
}
# One of these to a declaration and a signatory, or organisation of the coalition, once it is confirmed: database constraints.
LIVE = (State.CONFIRMED, State.HELD, State.LISTED)
# One of these to a declaration, a signatory and an address before that.
UNCONFIRMED = (State.PENDING, State.HELD)
STANDING = (State.PENDING, *LIVE)
ENDED = (State.DECLINED, State.WITHDRAWN, State.ERASED)
# What the secretariat looks at: confirmed and not yet listed, or held back.
IN_QUEUE = (State.CONFIRMED, State.HELD)


class Kind(TextChoices):
    """Of an endorsement. The values sort as lists show them: organisations first."""

    ORGANISATION = "organisation", _("Organisation")
    PERSON = "person", _("Person")


class Who(TextChoices):
    """May endorse a declaration."""

    BOTH = "both", _("Organisations and people")
    ORGANISATIONS = "organisations", _("Organisations only")
    PEOPLE = "people", _("People only")


class Rule(TextChoices):
    """How a confirmed endorsement gets into the list."""

    ALL = "all", _("Listed at once")
    GREEN = "green", _("Listed at once if the organisation’s own mail domain answers, or a member’s own link; others wait for you")
    NONE = "none", _("All wait for you")


class Source(TextChoices):
    """How an endorsement came here."""

    SITE = "site", _("This site")
    MEMBER = "member", _("A member’s own link")
    INITIAL = "initial", _("Initial signatory")
    IMPORT = "import", _("Imported list")
    SAMPLE = "sample", _("Sample")


# Given here by its holder, whose address has answered: they may be written to.
BY_ITS_HOLDER = (Source.SITE, Source.MEMBER)


class Answer(TextChoices):
    """Of a member to an open declaration. Stored are DECIDING and NO; YES is that its endorsement stands, whichever way that came."""

    YES = "yes", _("Yes")
    DECIDING = "deciding", _("Deciding")
    NO = "no", _("No")
    SILENT = "silent", _("Silent")
    UNASKED = "unasked", _("Not asked")


class HoldReason(TextChoices):
    LIMIT = "limit", _("Many endorsements came from the same place in a short time")
    MODERATOR = "moderator", _("A colleague wants to look at it again")


class DeclineReason(TextChoices):
    """Told to whoever endorsed, in the words of templates/emails/endorsements/declined/."""

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


class MailingKind(TextChoices):
    """News that goes to all who endorsed a declaration, once each."""

    NEW_VERSION = "new_version", _("The text has changed: please confirm")
    DELIVERED = "delivered", _("The declaration was delivered")
    REPLY = "reply", _("There is a reply")
