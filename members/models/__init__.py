from .application import Application, ApplicationFile, ApplicationKey, ApplicationNote, Invitation, Question
from .ballot import Ballot, Vote
from .contact import AddressChange, Contact
from .derived import OrganisationKey
from .imported_members import ImportedMembers
from .joining import JoiningSettings
from .leaving import Leaving
from .organisation import FormerAddress, Membership, Organisation, Seat, Theme
from .profile import ProfileChange
from .reported_size import KnownSize
from .settings import CommitteeSettings

__all__ = [
    "AddressChange",
    "Application",
    "ApplicationFile",
    "ApplicationKey",
    "ApplicationNote",
    "Ballot",
    "CommitteeSettings",
    "Contact",
    "FormerAddress",
    "ImportedMembers",
    "Invitation",
    "JoiningSettings",
    "KnownSize",
    "Leaving",
    "Membership",
    "Organisation",
    "OrganisationKey",
    "ProfileChange",
    "Question",
    "Seat",
    "Theme",
    "Vote",
]
