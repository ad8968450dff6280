"""Rows that refer to a row, found through Django's relations, so that no app can be forgotten."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet


def related_rows(row: Any) -> Iterator[tuple[Any, QuerySet[Any]]]:
    """Every relation to the row's model, with the rows that refer to this one through it."""
    for relation in row._meta.get_fields(include_hidden=True):
        if relation.auto_created and relation.is_relation and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            yield relation, relation.related_model._base_manager.filter(**{relation.field.name: row.pk})
