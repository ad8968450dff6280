from .declaration import DeclarationPage, InitialSignatory
from .delivery import Delivery, Mailing
from .endorsement import Consent, Endorsement, KnownName
from .event_mode import EventWindow, LimitAlarm
from .invitation import Invitation
from .moderation import BulkAct, BulkActItem, ImportedList
from .name_change import NameChange
from .sign_on import SignOn, TextVersion

__all__ = [
    "BulkAct",
    "BulkActItem",
    "Consent",
    "DeclarationPage",
    "Delivery",
    "Endorsement",
    "EventWindow",
    "ImportedList",
    "InitialSignatory",
    "Invitation",
    "KnownName",
    "LimitAlarm",
    "Mailing",
    "NameChange",
    "SignOn",
    "TextVersion",
]
