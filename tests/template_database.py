"""One database made once, copied for every test process, and put back after a test that committed.

Making the tables takes some ten seconds and the starting content some more, so both are made once, in two stages (`tables`: migrated,
with the roles; `site`: with the starting content and its pictures), each kept under a fingerprint of the files it is made from and made
again only when those change. A process works on its own copy of `site`: a file for SQLite, `CREATE DATABASE … TEMPLATE` for PostgreSQL.

`TEST_CONTENT=none` leaves the starting content out, for work on a part that needs none.
`python -m tests.template_database` makes both for DATABASE_URL, so that a run finds them.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "cms", "core", "demo", "endorsements", "hw4all", "members", "news", "pages", "privacy")
# Files that only show what is stored: a change in one makes no other database.
ONLY_SHOW = {"views.py", "urls.py", "forms.py", "viewsets.py", "admin_views.py", "wagtail_hooks.py", "feeds.py", "exports.py", "csp.py"}
SHOWING = {"admin_views", "templatetags", "views"}
STAGES = ("tables", "site")
# What `prepare_site` said when it failed; `./run test` shows it once.
FAILURE = Path(os.environ.get("VAR_DIR") or ROOT / "var") / "test" / "database-failure.log"
KEPT_TEMPLATES = 6


class Copies(Protocol):
    """What conftest.py needs of either database."""

    media: Path

    def connect(self) -> None: ...
    def give(self, var: Path) -> None: ...
    def restore(self, stage: str = "site", *, tables_changed: bool = False) -> None: ...
    def remove(self) -> None: ...


def copies(settings: Any, worker: str) -> Copies:
    """The test process's own copy, on whichever database the settings name."""
    folder = Path(settings.VAR_DIR) / "test"
    name = f"{worker}-{os.getpid()}"
    engine = settings.DATABASES["default"]["ENGINE"]
    return SqliteCopies(folder, name) if engine.endswith("sqlite3") else PostgresqlCopies(folder, name, settings.DATABASES["default"])


def fingerprint(stage: str) -> str:
    """A name for what the stage would hold if it were made now."""
    digest = hashlib.sha256(os.environ.get("TEST_CONTENT", "").encode())
    for path in sorted(_tables_files() if stage == "tables" else {*_tables_files(), *_content_files()}):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _tables_files() -> set[Path]:
    migrations = {path for app in APPS for path in (ROOT / app).glob("migrations/*.py")}
    return {*migrations, ROOT / "requirements.txt", *(ROOT / "accounts").rglob("*roles.py")}


def _content_files() -> Iterable[Path]:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py" if app != "demo" else "*"):
            if path.is_file() and path.suffix != ".pyc" and path.name not in ONLY_SHOW and not SHOWING & set(path.parts):
                yield path


@contextmanager
def _lock(file_name: Path) -> Iterator[None]:
    file_name.parent.mkdir(parents=True, exist_ok=True)
    with file_name.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _prepare(url: str, var: Path, *options: str) -> None:
    """The same command that makes a real site ready, in a process of its own, so that nothing of it lingers in the tests' process."""
    env = {**os.environ, "DATABASE_URL": url, "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "hw4all.settings.test"}
    command = [sys.executable, str(ROOT / "manage.py"), "prepare_site", "--without-secretary", *options]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        FAILURE.parent.mkdir(parents=True, exist_ok=True)
        FAILURE.write_text(done.stdout)
        # Short, because every test that needs the database repeats it.
        raise RuntimeError(f"The tests' database could not be made, see {FAILURE}: {done.stdout.strip().splitlines()[-1]}")


def _without_content() -> tuple[str, ...]:
    return ("--without-content",) if os.environ.get("TEST_CONTENT") == "none" else ()


def _prune(templates: Path, working: Path) -> None:
    """Forget the oldest templates, and the copies of processes that ended without removing theirs."""
    newest = sorted(templates.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in newest[KEPT_TEMPLATES:]:
        shutil.rmtree(old, ignore_errors=True)
    for copy in working.glob("*-*"):
        try:
            os.kill(int(copy.name.rpartition("-")[2]), 0)
        except ProcessLookupError:
            shutil.rmtree(copy, ignore_errors=True)
        except (PermissionError, ValueError):
            pass


class _Folders:
    """Where templates and copies stand. A template is made under another name and renamed when whole, so a broken one is never used."""

    def __init__(self, folder: Path, name: str, engine: str) -> None:
        self.folder, self.templates, self.working = folder, folder / "templates" / engine, folder / "copies"
        self.templates.mkdir(parents=True, exist_ok=True)
        self.copy = self.working / name
        self.media = self.copy / "media"
        self.lock = folder / f"lock-{engine}"
        # Read once: a file saved during the run must not make the process look for a template that nobody made.
        self.fingerprints = {stage: fingerprint(stage) for stage in STAGES}

    def template(self, stage: str) -> Path:
        return self.templates / f"{stage}-{self.fingerprints[stage]}"

    def copy_media(self, stage: str) -> None:
        shutil.rmtree(self.media, ignore_errors=True)
        made = self.template(stage) / "test" / "media"
        if made.exists():
            shutil.copytree(made, self.media)
        self.media.mkdir(parents=True, exist_ok=True)


class SqliteCopies(_Folders):
    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder, name, "sqlite")
        self.file = self.copy / "db.sqlite3"

    def connect(self) -> None:
        """Make the templates if need be, and point Django at a fresh copy."""
        from django.db import connections

        with _lock(self.lock):
            _prune(self.templates, self.working)
            self._make("tables", "--without-content")
            self._make("site", *_without_content())
            self.copy_media("site")
            for stage in STAGES:
                shutil.copyfile(self.template(stage) / "db.sqlite3", self._own_template(stage))
        shutil.copyfile(self._own_template("site"), self.file)
        connections["default"].close()
        connections.settings["default"]["NAME"] = connections["default"].settings_dict["NAME"] = str(self.file)

    def _make(self, stage: str, *options: str) -> None:
        template = self.template(stage)
        if template.exists():
            os.utime(template)
            return
        making = template.with_name(template.name + ".making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        if stage == "site":
            shutil.copyfile(self.template("tables") / "db.sqlite3", making / "db.sqlite3")
        _prepare("sqlite:///" + quote(str(making / "db.sqlite3")), making, *options)
        with closing(sqlite3.connect(making / "db.sqlite3")) as database:
            database.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        making.rename(template)

    def _own_template(self, stage: str) -> Path:
        return self.copy / f"{stage}.sqlite3"

    def restore(self, stage: str = "site", *, tables_changed: bool = False) -> None:
        """Put the database back, in one transaction of SQLite's own, which is right even while another thread holds a connection."""
        from django.db import connections

        connections["default"].close()
        with closing(sqlite3.connect(self._own_template(stage))) as template, closing(sqlite3.connect(self.file, timeout=20)) as database:
            template.backup(database)

    def give(self, var: Path) -> None:
        """Let a site that a test starts elsewhere begin with the starting content: its database and pictures, below `var`."""
        var.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._own_template("site"), var / "db.sqlite3")
        shutil.copytree(self.media, var / "media", dirs_exist_ok=True)

    def remove(self) -> None:
        from django.db import connections

        connections.close_all()
        shutil.rmtree(self.copy, ignore_errors=True)


# What putting back goes through: each table, how its rows are told apart and what is written (not generated), with a copy of what it held.
KEEP = """
CREATE SCHEMA pristine;
CREATE TABLE pristine.all_tables AS
    SELECT relname::text AS name, string_agg(format('old.%1$I = now.%1$I', attname), ' AND ') AS same_row, (
        SELECT string_agg(quote_ident(stored.attname), ', ' ORDER BY attnum) FROM pg_attribute stored
        WHERE stored.attrelid = indrelid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ) AS written_columns
    FROM pg_class JOIN pg_index ON indrelid = pg_class.oid AND indisprimary
    JOIN pg_attribute ON attrelid = pg_class.oid AND attnum = ANY (indkey)
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' GROUP BY relname, indrelid;
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT * FROM pristine.all_tables LOOP
        EXECUTE format('CREATE TABLE pristine.%1$I AS TABLE public.%1$I', one.name);
    END LOOP;
END $$
"""
# Rows written later than the last time go, rows that are missing come back. References are looked at when all is whole again.
PUT_BACK = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT * FROM pristine.all_tables LOOP
        EXECUTE format('DELETE FROM public.%I WHERE xmin::text::bigint > {last}', one.name);
        EXECUTE format(
            'INSERT INTO public.%1$I (%3$s) SELECT %3$s FROM pristine.%1$I old WHERE NOT EXISTS (SELECT FROM public.%1$I now WHERE %2$s)',
            one.name, one.same_row, one.written_columns);
    END LOOP;
END $$
"""


class PostgresqlCopies(_Folders):
    def __init__(self, folder: Path, name: str, database: dict[str, Any]) -> None:
        super().__init__(folder, name, "postgresql")
        self.server = {key: database[key.upper()] for key in ("host", "port", "user", "password") if database.get(key.upper())}
        self.maintenance = database["NAME"]
        self.database = f"hw4all_test_{name.replace('-', '_')}"
        self.holds, self.last_transaction = "", 0
        self.own: Any = None

    def give(self, var: Path) -> None:
        """Nothing: a site started elsewhere runs on SQLite and makes its own."""

    def _execute(self, *statements: str, database: str = "") -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(**self.server, dbname=database or self.maintenance, autocommit=True) as admin:
            for statement in statements:
                cursor = admin.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _name(self, stage: str) -> str:
        return f"hw4all_{stage}_{self.fingerprints[stage]}"

    def connect(self) -> None:
        from django.db import connections

        with _lock(self.lock):
            _prune(self.templates, self.working)
            self._make("tables", "--without-content")
            self._make("site", *_without_content())
            self.copy_media("site")
        self._disconnect()
        connections.settings["default"]["NAME"] = connections["default"].settings_dict["NAME"] = self.database
        self._copy("site")

    def _make(self, stage: str, *options: str) -> None:
        name, making, template = self._name(stage), f"{self._name(stage)}_making", self.template(stage)
        if self._execute(f"SELECT 1 FROM pg_database WHERE datname = '{name}'") and template.exists():
            os.utime(template)
            return
        source = self._name("tables") if stage == "site" else "template0"
        self._execute(
            f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            f"DROP DATABASE IF EXISTS {making} WITH (FORCE)",
            f"CREATE DATABASE {making} TEMPLATE {source}",
        )
        shutil.rmtree(template, ignore_errors=True)
        template.mkdir()
        _prepare(self._url(making), template, *options)
        if stage == "site":
            self._execute(KEEP, database=making)
        self._execute(f"ALTER DATABASE {making} RENAME TO {name}")

    def _url(self, name: str) -> str:
        user, password = (quote(str(self.server.get(key, "")), safe="") for key in ("user", "password"))
        return f"postgres://{user}:{password}@{self.server.get('host', '')}:{self.server.get('port', '')}/{name}"

    @staticmethod
    def _disconnect() -> None:
        from django.db import connections

        connections.close_all()
        close_pool = getattr(connections["default"], "close_pool", None)
        if close_pool:
            close_pool()

    def restore(self, stage: str = "site", *, tables_changed: bool = False) -> None:
        """Put back what was changed since the last time; another stage, or changed tables, need another copy: ten times as long."""
        self._disconnect()
        if stage == self.holds == "site" and not tables_changed:
            self._put_back()
        else:
            self._copy(stage)

    def _put_back(self) -> None:
        self.own.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with self.own.transaction():
            self.own.execute(PUT_BACK.format(last=self.last_transaction))
            self._remember_transaction()

    def _copy(self, stage: str) -> None:
        import psycopg

        self._drop()
        self._execute(f"CREATE DATABASE {self.database} TEMPLATE {self._name(stage)}")
        self.own = psycopg.connect(**self.server, dbname=self.database, autocommit=True)
        self.holds = stage
        self._remember_transaction()

    def _remember_transaction(self) -> None:
        """Rows written from now on have a higher number."""
        self.last_transaction = self.own.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()[0]

    def _drop(self) -> None:
        if self.own:
            self.own.close()
        self._execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")

    def remove(self) -> None:
        self._disconnect()
        self._drop()
        shutil.rmtree(self.copy, ignore_errors=True)


if __name__ == "__main__":
    import django

    django.setup()
    from django.conf import settings

    ahead = copies(settings, "ahead")
    ahead.connect()
    ahead.remove()
