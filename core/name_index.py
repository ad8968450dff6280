"""An index of every three characters of names, so that a part of a name is found without reading all names.

SQLite has it as a table of its own that triggers keep, PostgreSQL as an index of the extension pg_trgm, which the owner of a database may
create. Both follow whatever is written, by whichever release. They are made after each `migrate`, because a migration that makes a table
anew on SQLite drops its triggers. Without them names are found as well, only by reading all.
"""

import logging
import sqlite3
from typing import Any

from django.apps import AppConfig
from django.db import DatabaseError, connections, transaction
from django.db.models import Lookup, Model
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from .search_text import SearchTextField, search_text_fields

LENGTH = 3
HAS_TRIGRAMS = sqlite3.sqlite_version_info >= (3, 34)
logger = logging.getLogger(__name__)

_ADD = "INSERT INTO {index}(rowid, {column}) VALUES (new.{key}, new.{column});"
_REMOVE = "INSERT INTO {index}({index}, rowid, {column}) VALUES ('delete', old.{key}, old.{column});"
_CHANGED = "old.{column} IS NOT new.{column}"
STATEMENTS = {
    "sqlite": (
        *("DROP TRIGGER IF EXISTS {index}_added", "DROP TRIGGER IF EXISTS {index}_removed", "DROP TRIGGER IF EXISTS {index}_changed"),
        "DROP TABLE IF EXISTS {index}",
        "CREATE VIRTUAL TABLE {index} USING fts5({column}, content='{table}', content_rowid='{key}', tokenize='trigram')",
        f"CREATE TRIGGER {{index}}_added AFTER INSERT ON {{table}} BEGIN {_ADD} END",
        f"CREATE TRIGGER {{index}}_removed AFTER DELETE ON {{table}} BEGIN {_REMOVE} END",
        f"CREATE TRIGGER {{index}}_changed AFTER UPDATE OF {{column}} ON {{table}} WHEN {_CHANGED} BEGIN {_REMOVE} {_ADD} END",
        "INSERT INTO {index}({index}) VALUES ('rebuild')",
    ),
    "postgresql": (
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "CREATE INDEX {index} ON {table} USING gin ({column} gin_trgm_ops) WITH (fastupdate = off)",
    ),
}
# What is there if the index is whole.
IS_THERE = {
    "sqlite": "SELECT count(*) = 3 FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s || '%%'",
    "postgresql": "SELECT to_regclass(%s) IS NOT NULL",
}


def index_of(field: SearchTextField) -> str:
    return f"{field.model._meta.db_table}_{field.column}_parts"


@receiver(post_migrate)
def make_indexes(app_config: AppConfig, using: str, **_options: Any) -> None:
    for model in app_config.get_models():
        for field in search_text_fields(model):
            if field.is_indexed:
                _make_index(model, field, using)


def _make_index(model: type[Model], field: SearchTextField, using: str) -> None:
    connection, index = connections[using], index_of(field)
    if connection.vendor == "sqlite" and not HAS_TRIGRAMS:
        return
    names = {"index": index, "table": model._meta.db_table, "key": model._meta.pk.column, "column": field.column}
    with connection.cursor() as cursor:
        cursor.execute(IS_THERE[connection.vendor], [index])
        if cursor.fetchone()[0]:
            return
        try:
            with transaction.atomic(using=using):
                for statement in STATEMENTS[connection.vendor]:
                    cursor.execute(statement.format(**names))
        except DatabaseError as error:  # an older state of the database, or an owner who may not create the extension
            logger.warning("No index of names on %s: %s", names["table"], error)


@SearchTextField.register_lookup
class ContainsWords(Lookup):  # type: ignore[type-arg]
    """`folded__contains_words=["nurs", "lodz"]`: all these words, or parts of words."""

    lookup_name = "contains_words"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return self._like(compiler, connection, self.rhs)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        field: Any = self.lhs.target
        indexed = [word for word in self.rhs if len(word) >= LENGTH] if field.is_indexed and HAS_TRIGRAMS else []
        sql, parameters = self._like(compiler, connection, [word for word in self.rhs if word not in indexed])
        if not indexed:
            return sql, parameters
        key, index = f'"{self.lhs.alias}"."{field.model._meta.pk.column}"', index_of(field)
        found = f"{key} IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)"  # noqa: S608
        return " AND ".join(filter(None, (found, sql))), [" AND ".join(f'"{word}"' for word in indexed), *parameters]

    def _like(self, compiler: Any, connection: Any, words: list[str]) -> tuple[str, list[Any]]:
        """Words have no sign that LIKE would take for something else (`core.search_text.query_words`)."""
        column, parameters = self.process_lhs(compiler, connection)
        return " AND ".join([f"{column} LIKE %s"] * len(words)), [one for word in words for one in (*parameters, f"%{word}%")]
