"""What points to a row, found by Django itself, so that no room can be forgotten."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet


def pointing_to(row: Any) -> Iterator[tuple[Any, QuerySet[Any]]]:
    """Every relation that leads to the row's model, with the rows that it leads from to this one."""
    for relation in row._meta.get_fields(include_hidden=True):
        if relation.auto_created and relation.is_relation and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            yield relation, relation.related_model._base_manager.filter(**{relation.field.name: row.pk})
