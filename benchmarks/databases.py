"""Databases of each size: made once and kept, as long as the code that makes them stays the same; a run works on copies."""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from benchmarks.processes import ROOT, run
from tests.template_database import fingerprint

SETTINGS = "hw4all.settings.local"


class Database(NamedTuple):
    url: str
    var: Path  # of a site with this database: its pictures


@contextmanager
def copies(kept: Path, folder: Path, sizes: tuple[str, ...], *, server: str = "") -> Iterator[dict[str, Database]]:
    """A database of each size, in SQLite files below `folder`, or on the PostgreSQL at `server`."""
    made = kept / fingerprint("site")[:8] / _digest()
    if server:
        yield _on_postgresql(server, folder, sizes)
        return
    _forget_others(kept, made)
    make(made, sizes)
    found = {}
    for size in sizes:
        var = folder / size
        shutil.copytree(made / size, var)
        found[size] = Database(f"sqlite:///{var / 'db.sqlite3'}", var)
    yield found


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "benchmarks" / "content").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _forget_others(kept: Path, made: Path) -> None:
    for folder in kept.glob("*/*") if kept.exists() else ():
        if folder != made:
            shutil.rmtree(folder, ignore_errors=True)


def make(folder: Path, sizes: tuple[str, ...]) -> None:
    """`FOLDER/SIZE/db.sqlite3` for those that are missing: a site with the starting content, made once, copied and filled."""
    for size in sizes:
        if (folder / size / "db.sqlite3").exists():
            continue
        base, making = folder / "base", folder / f"{size}.making"
        if not (base / "db.sqlite3").exists():
            shutil.rmtree(base, ignore_errors=True)
            base.mkdir(parents=True)
            with _said("a site with the starting content"):
                _manage(base, f"sqlite:///{base / 'db.sqlite3'}", "manage.py", "prepare_site", "--without-secretary")
        shutil.rmtree(making, ignore_errors=True)
        shutil.copytree(base, making)
        with _said(f"its content, {size}"):
            _manage(making, f"sqlite:///{making / 'db.sqlite3'}", "-m", "benchmarks.content.fill", size)
        making.rename(folder / size)


def _on_postgresql(server: str, folder: Path, sizes: tuple[str, ...]) -> dict[str, Database]:
    """The same, made anew: a server that is thrown away keeps nothing."""
    import psycopg

    found = {}
    with psycopg.connect(server, autocommit=True) as admin:
        for size in ("base", *sizes):
            url, var = urlunsplit(urlsplit(server)._replace(path=f"/{size}")), folder / size
            admin.execute(f"CREATE DATABASE {size} TEMPLATE {'template0' if size == 'base' else 'base'}")  # type: ignore[arg-type]
            with _said(f"{size}, on PostgreSQL"):
                if size == "base":
                    var.mkdir()
                    _manage(var, url, "manage.py", "prepare_site", "--without-secretary")
                else:
                    shutil.copytree(folder / "base", var)
                    _manage(var, url, "-m", "benchmarks.content.fill", size)
            found[size] = Database(url, var)
    del found["base"]
    return found


def _manage(var: Path, url: str, *words: str) -> None:
    run([sys.executable, *words], {**os.environ, "VAR_DIR": str(var), "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": SETTINGS})


@contextmanager
def _said(what: str) -> Iterator[None]:
    begun = time.monotonic()
    print(f"- Making {what} …", flush=True)
    yield
    print(f"  done in {time.monotonic() - begun:.0f} s", flush=True)
