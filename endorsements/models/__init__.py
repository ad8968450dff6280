from .declaration import DeclarationPage, InitialSignatory
from .delivery import Delivery, Mailing
from .endorsement import Consent, Endorsement, KnownName
from .invitation import Invitation
from .moderation import BulkAct, BulkActItem, ImportedList
from .sign_on import SignOn, TextVersion

__all__ = [
    "BulkAct",
    "BulkActItem",
    "Consent",
    "DeclarationPage",
    "Delivery",
    "Endorsement",
    "ImportedList",
    "InitialSignatory",
    "Invitation",
    "KnownName",
    "Mailing",
    "SignOn",
    "TextVersion",
]
