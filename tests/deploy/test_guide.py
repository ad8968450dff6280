"""The commands of docs/operations.md, run in their order as they stand there: a site is installed, started, upgraded and rolled back.

A test is no server of its own. So the folders of a server are folders of the test, the environment of the packages is the one that the
tests run in (pip looks whether it fits), and stand-ins take the place of what would change the machine: apt-get, useradd and runuser do
nothing of their own, `git clone` copies this project, and systemctl does what the units say (tests/deploy/stand_ins.py).
"""

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import nginx
from tests.conftest import free_port, project_files
from tests.deploy.conftest import ask
from tests.template_database import ROOT

pytestmark = pytest.mark.deploy

GUIDE = (ROOT / "docs" / "operations.md").read_text()
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = {"text", "ini", "json", "sql", "yaml", "promql", "nginx"}
FOLDERS: tuple[str, ...] = (
    "/opt/hw4all",
    "/etc/hw4all.env",
    "/etc/systemd/system",
    "/etc/nginx",
    "/var/lib/hw4all",
    "/var/www/letsencrypt",
)
FOLDERS = (*FOLDERS, "/usr/local/bin", "/var/log/nginx", "/var/cache/hw4all", "/run/nginx.pid", "/var/backups")
STAND_INS = {
    "apt-get": "exit 0",
    "useradd": "exit 0",
    "nano": "exit 0",
    "runuser": 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
    "install": 'exec {python} {here} install "$@"',
    "git": 'exec {python} {here} git "$@"',
    "python3": 'exec {python} {here} python3 "$@"',
    "systemctl": 'exec {python} {here} systemctl "$@"',
    "nginx": 'exec {nginx} -e {root}/start.log -c {root}/etc/nginx/nginx.conf "$@"',
}


def test_every_block_says_what_it_is() -> None:
    """A command that no test runs is marked, so that a reader knows."""
    kinds = [kind for kind, _text in BLOCK.findall(GUIDE)]
    assert kinds.count("sh") > 5
    assert set(kinds) - {"sh", "sh not-run"} <= SHOWN


class Server:
    """What the stand-ins and the test share of the server that the guide builds."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder, self.site_port, self.ports = root, root, free_port(), (free_port(), free_port())

    def here(self, text: str) -> str:
        """The text with the server's folders in the test's, and ports that nobody else uses."""
        text = re.sub(rf"(?<![\w.])({'|'.join(map(re.escape, FOLDERS))})\b", lambda match: f"{self.root}{match[1]}", text)
        return text.replace("https://git.example.org/hw4all.git", str(self.root / "source"))

    def run(self, commands: str) -> None:
        """In the folder in which the last command ended."""
        script = f"set -eu\n{self.here(commands)}\npwd >{self.root}/folder"
        done = subprocess.run(["/bin/sh", "-c", script], cwd=self.folder, env=self.env(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
        self.folder = Path((self.root / "folder").read_text().strip())
        self.adapt()

    def env(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        path = f"{self.root}/stand-ins:{self.root}/usr/local/bin:{os.environ['PATH']}:/usr/sbin"
        return kept | {"PATH": path, "PIP_DRY_RUN": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "GUIDE_SERVER": str(self.root)}

    def adapt(self) -> None:
        """What the guide has put into the server's folders, with those folders and ports."""
        for name in ("usr/local/bin/hw4all", "etc/nginx/nginx.conf", *(f"etc/systemd/system/{unit.name}" for unit in self.units())):
            path = self.root / name
            if path.exists() and str(self.root) not in (text := path.read_text()):
                path.write_text(self._adapted(text) if name.endswith("nginx.conf") else self.here(text))
        hosts = self.root / "etc/nginx/hw4all/hosts.conf"
        if hosts.exists():
            hosts.write_text(hosts.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{self.site_port}"))

    def units(self) -> list[Path]:
        return list((self.root / "etc/systemd/system").glob("hw4all*"))

    def _adapted(self, text: str) -> str:
        text = nginx.with_own_temporary_folders(self.here(text), self.root / "temp")
        text = re.sub(r"^user .*\n", "user root;\n" if os.geteuid() == 0 else "", text, flags=re.MULTILINE)
        return nginx.with_ports(text, self.ports)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("server")
    made = Server(root)
    for folder in FOLDERS:
        (root / folder[1:]).parent.mkdir(parents=True, exist_ok=True)
    for name in ("etc/systemd/system", "var/log/nginx", "usr/local/bin", "etc/nginx", "stand-ins", "temp", "var/www"):
        (root / name).mkdir(parents=True, exist_ok=True)
    shutil.copy("/etc/nginx/mime.types", root / "etc/nginx/mime.types")
    (root / "ports.json").write_text(json.dumps([made.site_port]))
    _make_source(root / "source")
    values = {
        "python": shlex.quote(sys.executable),
        "here": shlex.quote(str(Path(__file__).with_name("stand_ins.py"))),
        "nginx": nginx.find(),
        "root": str(root),
    }
    for name, text in STAND_INS.items():
        script = root / "stand-ins" / name
        script.write_text(f"#!/bin/sh\n{text.format(**values)}\n")
        script.chmod(0o755)
    yield made
    for file in root.glob("*.pid"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(file.read_text()), signal.SIGTERM)


def _make_source(folder: Path) -> None:
    """The project as it is here, in version control."""
    for name in project_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    git = ["git", "-C", str(folder), "-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for words in (["init", "--quiet", "--initial-branch=main"], ["add", "."], ["commit", "--quiet", "--message=Release"]):
        subprocess.run([*git, *words], check=True)


def test_the_guide_leads_to_a_running_site(server: Server) -> None:
    for kind, commands in BLOCK.findall(GUIDE):
        if kind == "sh":
            for command in re.split(r"(?<!\\)\n", commands.strip()):
                server.run(command)
    data = server.root / "var/lib/hw4all"
    assert (data / "db.sqlite3").stat().st_mode & 0o007 == 0
    assert (server.root / "etc/hw4all.env").stat().st_mode & 0o007 == 0
    assert len(re.findall(r"^SECRET_KEY=\S{60,}$", (server.root / "etc/hw4all.env").read_text(), re.MULTILINE)) == 1
    answer = ask(server.ports[1], "/", headers={"Host": "example.org"})
    assert answer.status == 200
    assert ask(server.ports[1], "/admin/", headers={"Host": "example.org"}).status == 302
    assert ask(server.ports[0], "/", headers={"Host": "example.org"}, tls=False).status == 301
