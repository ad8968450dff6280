"""A database as SQL that Python alone can read back: written by `dump`, read back by `put_in_place`.

Left out are rows that are made again by themselves: sessions, who is editing, and the index of the search.
"""

import gzip
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from tests import postgresql

MADE_AGAIN = (
    "django_session",
    "wagtailadmin_editingsession",
    "wagtailadmin_formstate",
    "wagtailsearch_indexentry",
    "wagtailsearch_indexentry_fts",
)
# What pg_dump sets first, without what older servers do not know.
SETTINGS = """\
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET client_min_messages = warning;
SELECT pg_catalog.set_config('search_path', '', false);

"""
ONLY_FOR_PSQL = re.compile(r"^\\(?:un)?restrict \w+$\n?", re.MULTILINE)


def dump(settings: dict[str, Any], file: Path) -> None:
    """Write the database of these Django settings; the same rows make the same bytes."""
    text = sqlite(Path(settings["NAME"])) if settings["ENGINE"].endswith("sqlite3") else of_postgresql(settings)
    file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def read(file: Path) -> str:
    return gzip.decompress(file.read_bytes()).decode()


def sqlite(file: Path) -> str:
    with closing(sqlite3.connect(file)) as database:
        made = database.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
        # A virtual table makes the tables that it is stored in.
        hidden = tuple(f"{name}_" for _kind, name, sql in made if sql.startswith("CREATE VIRTUAL"))
        kept = [row for row in made if not row[1].startswith(("sqlite_", *hidden))]
        tables = [name for kind, name, _sql in kept if kind == "table"]
        parts = ["PRAGMA foreign_keys = OFF;", "BEGIN;"]
        parts += [f"{sql};" for kind, _name, sql in kept if kind == "table"]
        parts += [_insert(database, table) for table in tables if table not in MADE_AGAIN]
        parts += ["DELETE FROM sqlite_sequence;", _insert(database, "sqlite_sequence")]
        parts += [f"{sql};" for kind, _name, sql in kept if kind != "table"]
        return "\n".join(filter(None, (*parts, "COMMIT;"))) + "\n"


def _insert(database: sqlite3.Connection, table: str) -> str:
    columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
    quoted = " || ',' || ".join(f'quote("{column}")' for column in columns)
    rows = ",\n".join(f"({row[0]})" for row in database.execute(f'SELECT {quoted} FROM "{table}" ORDER BY rowid'))
    return f'INSERT INTO "{table}" VALUES\n{rows};' if rows else ""


def of_postgresql(settings: dict[str, Any]) -> str:
    folder = postgresql._installed() or postgresql._embedded()
    assert folder, "there is no pg_dump here"
    left_out = [f"--exclude-table-data={table}" for table in MADE_AGAIN]
    command = [str(folder / "pg_dump"), "--no-owner", "--no-privileges", "--no-comments", "--inserts", "--rows-per-insert=200", *left_out]
    place = {"PGHOST": settings["HOST"], "PGPORT": str(settings["PORT"]), "PGUSER": settings["USER"], "PGPASSWORD": settings["PASSWORD"]}
    text = subprocess.check_output([*command, settings["NAME"]], env=place, text=True)
    return SETTINGS + ONLY_FOR_PSQL.sub("", text[text.index("\nCREATE ") + 1 :])


def put_in_place(text: str) -> None:
    """Put what was dumped in the place of all that the database of the settings holds. What it held is gone."""
    from django.db import connections

    connection = connections["default"]
    connections.close_all()
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(":memory:")) as loaded, closing(sqlite3.connect(settings["NAME"], timeout=20)) as database:
            loaded.executescript(text)
            loaded.backup(database)
        return
    import psycopg

    close_pool = getattr(connection, "close_pool", None)
    if close_pool:
        close_pool()
    server = {key: settings[key.upper()] for key in ("host", "port", "user", "password") if settings.get(key.upper())}
    with psycopg.connect(**server, dbname=settings["NAME"], autocommit=True) as database:
        database.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        database.execute(text)  # type: ignore[call-overload]
