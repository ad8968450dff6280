"""`./run` as a newcomer meets it: in an awkward folder, with the wrong Python, with a port in use, twice, and ended by Ctrl-C."""

import ast
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import free_port
from tests.template_database import ROOT

pytestmark = pytest.mark.begins_first

WARM_SECONDS = 5
# A machine that runs two test processes besides is given more.
PATIENCE = 3


def run(*words: str, folder: Path = ROOT, cwd: Path | None = None, **env: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "run"), *words],
        cwd=cwd or folder,
        env=outside_environment(**env),
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )


def outside_environment(**env: Any) -> dict[str, str]:
    """The environment without what the test run itself set."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "VAR_DIR")}
    return {**inherited, **env}


# What it says


def test_alone_it_prints_its_verbs() -> None:
    told = run()
    assert told.returncode == 0
    for verb in ("site", "test", "check", "bench", "manage", "lock"):
        assert re.search(rf"^  {verb} ", told.stdout, re.MULTILINE)


def test_an_unknown_verb_is_one_sentence() -> None:
    told = run("sight")
    assert told.returncode == 1
    assert told.stderr == "./run: unknown verb 'sight'. Run ./run for a list.\n"


def test_an_old_python_can_read_it() -> None:
    """Python 3.6 must get as far as the sentence that refuses it."""
    ast.parse((ROOT / "run").read_text(), feature_version=(3, 6))


def old_pythons() -> list[str]:
    found = [shutil.which(f"python3.{minor}") for minor in range(6, 11)]
    found += [str(path) for path in Path.home().glob(".pyenv/versions/3.[6-9].*/bin/python3")]
    return [path for path in found if path and subprocess.call([path, "-c", ""], stderr=subprocess.DEVNULL) == 0]


def test_an_old_python_is_refused_or_replaced() -> None:
    pythons = old_pythons()
    if not pythons:
        pytest.skip("no Python older than 3.11 here")
    for python in pythons:
        told = subprocess.run(
            [python, str(ROOT / "run"), "site"], capture_output=True, text=True, env={"PATH": "/nonexistent"}, timeout=60, check=False
        )
        assert told.returncode == 1
        assert re.fullmatch(r"\./run: Python 3\.\d+ is too old\. Install Python 3\.11, 3\.12 or 3\.13 .*\n", told.stderr)


def test_a_taken_port_is_refused_before_any_work(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = run("site", "--port", str(port), VAR_DIR=str(tmp_path / "var"))
    assert told.returncode == 1
    assert told.stderr == (
        f"./run: port {port} is in use, perhaps by another ./run site. Stop that, or choose another port with --port {port + 1}.\n"
    )
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--port", "70000"), "there is no port 70000"),
        (("--port", "-1"), "there is no port -1"),
        (("--host", "no such host"), "cannot listen on no such host"),
    ],
)
def test_impossible_addresses_are_one_sentence(words: tuple[str, ...], sentence: str) -> None:
    told = run("site", *words)
    assert told.returncode == 1
    assert told.stderr.startswith(f"./run: {sentence}")
    assert told.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """Even root cannot make a folder below a file."""
    (tmp_path / "file").write_text("")
    told = run("site", "--port", str(free_port()), VAR_DIR=str(tmp_path / "file" / "var"))
    assert told.returncode == 1
    assert "cannot write to" in told.stderr
    assert told.stderr.count("\n") == 1


def test_a_python_without_venv_is_refused(project_copy: Path, tmp_path: Path) -> None:
    """Debian ships Python without ensurepip; uv, were it on the PATH, would do instead."""
    clone = shutil.copytree(project_copy, tmp_path / "clone")
    hidden = "import sys; sys.modules['ensurepip'] = None; import runpy; sys.argv[0] = sys.argv[1]; del sys.argv[1]"
    hidden += "; runpy.run_path(sys.argv[0], run_name='__main__')"
    told = subprocess.run(
        [sys.executable, "-c", hidden, str(clone / "run"), "site", "--port", str(free_port())],
        capture_output=True,
        text=True,
        env=outside_environment(PATH="/usr/bin:/bin"),
        timeout=60,
        check=False,
    )
    assert told.returncode == 1
    assert "apt-get install python3-venv" in told.stderr
    assert told.stderr.count("\n") == 1


def test_no_network_is_one_sentence(project_copy: Path, tmp_path: Path) -> None:
    clone = shutil.copytree(project_copy, tmp_path / "clone")
    nowhere = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "PIP_NO_CACHE_DIR": "1"}
    told = run("manage", "check", folder=clone, cwd=clone, PATH="/usr/bin:/bin", PIP_CONFIG_FILE=os.devnull, PIP_RETRIES="0", **nowhere)
    assert told.returncode == 1
    assert "no package index could be reached" in told.stderr
    assert not (clone / ".venv" / "run-stamp.json").exists()


# The packages


def fake_venv(clone: Path, **stamp: str) -> Path:
    """A .venv that answers as a real one would, without an installation."""
    venv = clone / ".venv"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    python.write_text(f'#!/bin/sh\ncase "$2" in *prefix*) echo "{stamp.pop("python", version)} {venv}";; *) echo "ran $@";; esac\n')
    python.chmod(0o755)
    (venv / "run-stamp.json").write_text(json.dumps({"folder": str(venv), **stamp}))
    return venv


def digest(clone: Path, name: str) -> str:
    import hashlib

    return hashlib.sha256((clone / name).read_bytes()).hexdigest()


def test_installed_packages_are_left_alone(project_copy: Path, tmp_path: Path) -> None:
    clone = shutil.copytree(project_copy, tmp_path / "a b")
    fake_venv(clone, site=digest(clone, "requirements.txt"))
    told = run("manage", "check", folder=clone, cwd=tmp_path)
    assert told.stdout == f"ran {clone}/manage.py check\n"


@pytest.mark.parametrize("broken", ["requirements", "python", "moved", "gone"])
def test_what_changed_is_noticed(project_copy: Path, tmp_path: Path, broken: str) -> None:
    """New requirements, another Python, a moved folder, a missing interpreter: each leads to an installation, here without network."""
    clone = shutil.copytree(project_copy, tmp_path / "clone")
    site = digest(clone, "requirements.txt")
    venv = fake_venv(clone, site=site, **({"python": "3.10"} if broken == "python" else {}))
    if broken == "requirements":
        with (clone / "requirements.txt").open("a") as file:
            file.write("# changed\n")
    elif broken == "moved":
        (venv / "run-stamp.json").write_text(json.dumps({"folder": "/elsewhere/.venv", "site": site}))
    elif broken == "gone":
        (venv / "bin" / "python").unlink()
    installer = clone / "bin" / "uv"
    installer.parent.mkdir()
    installer.write_text(f'#!/bin/sh\necho "$@" >> "{clone}/called"\nmkdir -p "{venv}/bin"\n')
    installer.chmod(0o755)
    run("manage", "check", folder=clone, PATH=f"{installer.parent}:{os.environ['PATH']}")
    called = (clone / "called").read_text().splitlines()
    assert [line.split()[0] for line in called] == (["pip"] if broken == "requirements" else ["venv", "pip"])
    assert "--require-hashes -r requirements.txt" in called[-1]
    assert json.loads((venv / "run-stamp.json").read_text())["site"] == digest(clone, "requirements.txt")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-bench.txt"])
def test_every_package_is_pinned_and_hashed(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "./run lock" in text.splitlines()[1]
    entries = re.split(r"\n(?=\S)", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    for entry in entries:
        assert re.match(r"[\w.-]+==\S+", entry)
        assert "--hash=sha256:" in entry


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-bench"])
def test_the_locks_follow_from_what_was_asked_for(name: str) -> None:
    """Somebody who edits a .in file and forgets `./run lock` learns it here."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / f"{name}.txt").read_text(), re.MULTILINE))
    for line in (ROOT / f"{name}.in").read_text().splitlines():
        if line and line[0].isalpha():
            asked = Requirement(line)
            assert asked.specifier.contains(pinned[canonicalize_name(asked.name)]), line


def test_the_site_gets_exactly_what_was_tested() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([\w.-]+==\S+)", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


# The site


class Site:
    """`./run site`, watched line by line."""

    def __init__(self, var: Path, *words: str, python: str = sys.executable, folder: Path = ROOT) -> None:
        self.port, self.start = free_port(), time.monotonic()
        self.process = subprocess.Popen(
            [python, str(folder / "run"), "site", "--port", str(self.port), *words],
            env=outside_environment(VAR_DIR=str(var), PYTHONUNBUFFERED="1"),
            cwd=var.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A shell starts what runs in its background deaf to Ctrl-C, and the tests may run there.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.address = f"http://127.0.0.1:{self.port}"

    def read_until(self, sign: str) -> str:
        said = ""
        assert self.process.stdout
        for line in self.process.stdout:
            said += line
            if sign in line:
                return said
        raise AssertionError(f"it ended without saying {sign!r}:\n{said}")

    def children(self) -> list[int]:
        listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout.split("\n")[1:]
        pairs = [tuple(map(int, line.split())) for line in listed if line.strip()]
        return [pid for pid, parent in pairs if parent == self.process.pid]

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@pytest.fixture
def site() -> Iterator[list[Site]]:
    if (ROOT / ".venv").is_symlink():
        pytest.skip("./run would put a .venv of its own in the place of the link")
    started: list[Site] = []
    yield started
    for one in started:
        if one.process.poll() is None:
            one.process.kill()


def get(address: str) -> tuple[int, str]:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=20) as answer:
        return answer.status, answer.read().decode()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_site_starts_on_nothing_and_again_on_what_it_made(site: list[Site], tmp_path: Path) -> None:
    """An empty var/ becomes a whole site with a secretary; the second start changes nothing, is quick, and both end without a trace."""
    var = tmp_path / "a folder" / "var"
    var.parent.mkdir()
    first = Site(var)
    site.append(first)
    said = first.read_until("Ctrl-C stops it")
    password = re.search(r"as (\S+@\S+) with the password (\S+)", said)
    assert password
    assert f"The site is at {first.address}/" in said
    assert get(f"{first.address}/")[0] == 200
    assert get(f"{first.address}/news/")[0] == 200
    assert get(f"{first.address}/healthz") == (200, "ok\n")
    children = first.children()
    assert len(children) == 2, "gunicorn and the scheduled work"
    assert first.stop(signal.SIGINT) == 0
    assert not [pid for pid in children if is_alive(pid)]

    second = Site(var)
    site.append(second)
    said = second.read_until("Ctrl-C stops it")
    assert time.monotonic() - second.start < WARM_SECONDS * PATIENCE
    assert "password" not in said
    assert "…" not in said, "nothing was left to do"
    assert second.stop(signal.SIGTERM) == 0


def test_no_child_outlives_a_killed_run(site: list[Site], tmp_path: Path, give_content: Callable[[Path], None]) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent died")
    give_content(tmp_path / "var")
    one = Site(tmp_path / "var")
    site.append(one)
    one.read_until("Ctrl-C stops it")
    children = one.children()
    one.stop(signal.SIGKILL)
    deadline = time.monotonic() + 15
    while any(map(is_alive, children)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not [pid for pid in children if is_alive(pid)]
