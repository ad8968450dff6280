"""The shape of the project, as docs/architecture.md draws it: which room may import which, and what no file may be."""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from .conftest import project_files
from .template_database import ROOT

# Each room and the rooms below it that it may import. hw4all wires everything together, and nobody imports it.
MAY_IMPORT = {
    "accounts": set(),
    "core": set(),
    "cms": {"core"},
    "members": {"cms", "core"},
    "news": {"members", "cms", "core"},
    "endorsements": {"news", "members", "cms", "core"},
    "privacy": {"endorsements", "members", "cms", "core"},
    "pages": {"privacy", "news", "endorsements", "members", "cms", "core"},
    "demo": {"accounts", "core", "cms", "members", "news", "endorsements", "privacy", "pages"},
    "hw4all": {"accounts", "core", "cms", "members", "news", "endorsements", "privacy", "pages", "demo"},
}
# A file is named after what it knows.
NAMELESS = {"utils.py", "util.py", "helpers.py", "services.py", "common.py", "misc.py"}
LONGEST = 400
CODE = {".py", ".html", ".css", ".js", ".sh", ""}
# Written in two halves, so that this file passes its own test.
REGISTRIES = [
    "".join(halves)
    for halves in (
        ("pypi.", "org"),
        ("python", "hosted.org"),
        ("npmjs.", "org"),
        ("npmjs.", "com"),
        ("debian.", "org"),
        ("docker.", "io"),
        ("docker.", "com"),
        ("ghcr.", "io"),
        ("quay.", "io"),
        ("proxy.golang", ".org"),
        ("crates.", "io"),
        ("unpkg.", "com"),
        ("jsdelivr.", "net"),
        ("cdn", "js.com"),
        ("fonts.google", "apis.com"),
    )
]
FILES = project_files()
MODULES = [name for name in FILES if name.endswith(".py") and PurePosixPath(name).parts[0] in MAY_IMPORT]


def imported_rooms(source: str, room: str) -> Iterator[tuple[int, str]]:
    """Line and room of every import of another room of ours, at any depth: inside functions, under TYPE_CHECKING, by its name."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        elif isinstance(node, ast.Call) and _name_of(node.func) in ("import_module", "import_string", "__import__"):
            names = [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        for name in names:
            top = name.partition(".")[0]
            if top in MAY_IMPORT and top != room:
                yield node.lineno, top


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_imports_only_lower_rooms() -> None:
    assert MODULES
    wrong = []
    for name in MODULES:
        room = PurePosixPath(name).parts[0]
        imports = imported_rooms((ROOT / name).read_text(), room)
        wrong += [f"{name}:{line} imports {other}" for line, other in imports if other not in MAY_IMPORT[room]]
    assert wrong == []


def test_relative_imports_stay_in_their_room() -> None:
    wrong = []
    for name in MODULES:
        depth = len(PurePosixPath(name).parts) - 1
        nodes = ast.walk(ast.parse((ROOT / name).read_text()))
        wrong += [f"{name}:{node.lineno}" for node in nodes if isinstance(node, ast.ImportFrom) and node.level > depth]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import news.models", ["news"]),
        ("from news import models", ["news"]),
        ("from newspaper import ink", []),
        ("def late():\n    from demo.load import load_demo", ["demo"]),
        ("from importlib import import_module as im\nimportlib.import_module('hw4all.settings')", ["hw4all"]),
        ("from .models import Thing", []),
        ("from core import due", []),
    ],
)
def test_the_reader_of_imports_sees_them_all(source: str, found: list[str]) -> None:
    assert [room for _, room in imported_rooms(source, "core")] == found


def test_every_room_is_drawn() -> None:
    rooms = {PurePosixPath(name).parts[0] for name in FILES if name.endswith("/apps.py") or name == "hw4all/wsgi.py"}
    assert rooms <= set(MAY_IMPORT)


def test_files_are_named_after_what_they_know() -> None:
    assert [name for name in FILES if PurePosixPath(name).name in NAMELESS] == []
    # A migration is named after what it changes: makemigrations --name.
    assert [name for name in FILES if "_auto_" in PurePosixPath(name).name] == []


def test_files_can_be_read_in_one_sitting() -> None:
    def is_measured(path: PurePosixPath) -> bool:
        return path.suffix in CODE and "migrations" not in path.parts and path.parts[:2] != ("demo", "content")

    lengths = {name: (ROOT / name).read_bytes().count(b"\n") for name in FILES if is_measured(PurePosixPath(name))}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_file_names_where_packages_come_from() -> None:
    """Whoever runs the site decides that, by the settings of pip, uv, apt or Docker."""
    texts = {name: (ROOT / name).read_bytes().decode(errors="ignore").lower() for name in FILES}
    assert {name: host for name, text in texts.items() for host in REGISTRIES if host in text} == {}
