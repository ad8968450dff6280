"""Remembers the address that a row loses when it is saved with another one, for every table that declares where its addresses are."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from django.db.models.signals import post_delete, pre_save

from core.mail.addresses import canonical_address
from core.mail.earlier_addresses import forget_earlier, label, remember
from core.personal_data import registered_tables
from core.search_words import fold

# By model: each field with an address, and the field with the name of its owner, if there is one.
_FIELDS: dict[type[Model], dict[str, str]] = {}


def connect() -> None:
    for table in registered_tables():
        fields = {
            email: name if isinstance(name, str) and _is_column(table.model, name) else ""
            for email, name in ((person.email, person.name) for person in table.people)
            if isinstance(email, str) and _is_column(table.model, email)
        }
        if fields:
            _FIELDS[table.model] = fields
            pre_save.connect(remember_changes, sender=table.model, dispatch_uid=f"earlier:{table.model._meta.label}")
            post_delete.connect(forget_row, sender=table.model, dispatch_uid=f"earlier:{table.model._meta.label}")


def _is_column(model: type[Model], name: str) -> bool:
    try:
        return isinstance(model._meta.get_field(name), Field)
    except FieldDoesNotExist:
        return False


def remember_changes(sender: type[Model], instance: Any, raw: bool = False, update_fields: Any = None, **_kwargs: object) -> None:
    """An address under another name is another person's: it starts without earlier addresses."""
    fields = {email: name for email, name in _FIELDS[sender].items() if update_fields is None or email in update_fields}
    if raw or instance._state.adding or not fields:
        return
    stored = sender._default_manager.filter(pk=instance.pk).values(*{*fields, *filter(None, fields.values())}).first() or {}
    for email, name, former in _replaced(fields, instance, stored):
        if name and fold(stored[name]) != fold(getattr(instance, name)):
            forget_earlier(instance, email)
        else:
            remember(instance, email, former)


def _replaced(fields: dict[str, str], instance: Any, stored: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for email, name in fields.items():
        former = stored.get(email, "")
        if former and canonical_address(former) != canonical_address(getattr(instance, email)):
            yield email, name, former


def forget_row(sender: type[Model], instance: Model, **_kwargs: object) -> None:
    forget_earlier(label(instance))
