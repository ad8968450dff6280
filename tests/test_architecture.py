"""The shape of the project, as docs/architecture.md draws it: which room may import which, and what no file may be."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath
from typing import NamedTuple

import pytest

from .conftest import project_files
from .template_database import ROOT

# Each room and the rooms below it that it may import. hw4all wires everything together, and nobody imports it.
MAY_IMPORT = {
    "accounts": {"core"},
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
# Inside a room, its packages and files from the lowest to the highest: each may import only what stands before it. What is not named
# (apps.py, urls.py, wagtail_hooks.py …) wires the room together and is imported by no package of it.
ORDER = {
    "core": (
        *("states", "models", "absolute_urls", "due", "registration", "dates", "relations", "differences", "search_text"),
        *("name_index", "search_words", "transitions"),
        *("forms", "spreadsheets", "web", "links", "mail", "admin", "imports", "mail.admin"),
    ),
    "members": (
        *("states", "identity", "models", "organisations", "directory", "applications", "committee", "review", "membership", "imports"),
    ),
    "endorsements": (
        *("states", "text", "models", "signatories", "signing", "imports", "declarations", "responses", "moderation", "deliveries"),
    ),
}
# Imports inside functions, each with its reason.
LATE_IMPORTS = {
    "accounts/apps.py": "receivers need the models, which are loaded before ready()",
    "privacy/apps.py": "retention is scheduled from the registry, which is filled in ready()",
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


def module_of(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def package_of(name: str) -> str:
    return module_of(name) if name.endswith("/__init__.py") else module_of(name).rpartition(".")[0]


def _part(module: str) -> str:
    """The package or file of a room that a module belongs to, as `ORDER` names it; '' for the room itself."""
    room, *names = module.split(".")
    inner = ".".join(names[:2])
    return inner if inner in ORDER.get(room, ()) else ".".join(names[:1])


KNOWN = {module_of(name) for name in MODULES}


class Import(NamedTuple):
    """An import of another module of ours. `is_late` inside a function, `is_type` under TYPE_CHECKING."""

    line: int
    module: str
    is_late: bool = False
    is_type: bool = False


def imports_of(source: str, package: str) -> Iterator[Import]:
    """Every import of our own modules: at the top, inside functions, under TYPE_CHECKING, or by name."""
    tree = ast.parse(source)
    types = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in ast.walk(node)
    }
    top = {id(node) for node in tree.body} | types
    for node in ast.walk(tree):
        for name in _imported(node, package):
            if name.partition(".")[0] in MAY_IMPORT:
                yield Import(node.lineno, name, id(node) not in top, id(node) in types)  # type: ignore[attr-defined]


def _imported(node: ast.AST, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        return [f"{base}.{alias.name}" if f"{base}.{alias.name}" in KNOWN else base for alias in node.names]
    if isinstance(node, ast.Call) and _name_of(node.func) in ("import_module", "import_string", "__import__"):
        return [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return []


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@cache
def all_imports() -> list[tuple[str, Import]]:
    """With the file that each stands in. Read once, and only where these tests run."""
    found = ((name, one) for name in MODULES for one in imports_of((ROOT / name).read_text(), package_of(name)))
    return [(name, one) for name, one in found if one.module != module_of(name)]


def test_imports_only_lower_rooms() -> None:
    assert MODULES
    assert all_imports()
    wrong = []
    for name, found in all_imports():
        room, other = PurePosixPath(name).parts[0], found.module.partition(".")[0]
        if other not in {room, *MAY_IMPORT[room]}:
            wrong.append(f"{name}:{found.line} imports {found.module}")
    assert wrong == []


def test_packages_import_only_what_is_below_them() -> None:
    """Inside a room: from the lowest to the highest, as `ORDER` has it."""
    wrong = []
    for name, found in all_imports():
        room, own = PurePosixPath(name).parts[0], _part(module_of(name))
        if found.module.partition(".")[0] != room or own not in ORDER.get(room, ()):
            continue
        other = _part(found.module)
        if other and (other not in ORDER[room] or ORDER[room].index(other) > ORDER[room].index(own)):
            wrong.append(f"{name}:{found.line} imports {found.module}")
    assert wrong == []


def test_every_package_has_its_place() -> None:
    packages = {name.rpartition("/")[0] for name in MODULES if name.count("/") == 2 and name.endswith("/__init__.py")}
    plain = {"blocks", "management", "migrations", "models", "settings", "templatetags"}
    found = {(room, package) for room, package in (path.split("/") for path in packages) if package not in plain}
    assert found <= {(room, package) for room, order in ORDER.items() for package in order}


def test_no_file_imports_itself_by_a_detour() -> None:
    graph: dict[str, set[str]] = {}
    for name, found in all_imports():
        if not found.is_type:
            graph.setdefault(module_of(name), set()).add(found.module)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        pytest.fail(" → ".join(cycle.args[1]))


def test_imports_stand_at_the_top() -> None:
    """An import inside a function hides a cycle. The exceptions have reasons, and none has lost its use."""
    late = {name for name, found in all_imports() if found.is_late}
    assert late == set(LATE_IMPORTS)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import news.models", ["news.models"]),
        ("from news import models", ["news.models"]),
        ("from newspaper import ink", []),
        ("def late():\n    from demo.loader import load_demo", ["demo.loader"]),
        ("from importlib import import_module as im\nimportlib.import_module('hw4all.settings')", ["hw4all.settings"]),
        ("from .models import Thing", ["core.models"]),
        ("from core import due", ["core.due"]),
        ("if TYPE_CHECKING:\n    from members.states import Role", ["members.states"]),
    ],
)
def test_the_reader_of_imports_sees_them_all(source: str, found: list[str]) -> None:
    assert [one.module for one in imports_of(source, "core")] == found


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
