"""The subjects of links and emails, such as "application:17": names of the rows that they are about."""

from typing import Any

from django.db import models

from .application import Application, Invitation
from .ballot import Vote
from .contact import AddressChange, Contact
from .leaving import Leaving
from .profile import ProfileChange

_MODELS: dict[str, type[models.Model]] = {
    "application": Application,
    "invitation": Invitation,
    "vote": Vote,
    "contact": Contact,
    "address-change": AddressChange,
    "leaving": Leaving,
    "profile-change": ProfileChange,
}
_NAMES = {model: name for name, model in _MODELS.items()}
_RELATED = {
    Invitation: "application",
    Vote: "ballot__application",
    Contact: "organisation",
    AddressChange: "contact__organisation",
    ProfileChange: "organisation",
    Leaving: "organisation",
}


def subject(row: models.Model) -> str:
    """Return the name of a row in links and emails."""
    return f"{_NAMES[type(row)]}:{row.pk}"


def find_subject(subject: str) -> Any:
    """Return the row that a link or an email is about; None if it is gone."""
    name, _colon, number = subject.partition(":")
    if name not in _MODELS or not number.isdecimal():
        return None
    model = _MODELS[name]
    rows = model._default_manager.filter(pk=int(number))
    return (rows.select_related(_RELATED[model]) if model in _RELATED else rows).first()
