"""The files in deploy/ and the Dockerfile, as far as they can be looked at without an engine that runs them.

Not proved here: that the images exist under these names, that Docker builds and starts them, and what systemd does with the units.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.plugins import UNDER_CI
from tests.template_database import ROOT

pytestmark = pytest.mark.deploy

DEPLOY = ROOT / "deploy"
PROGRAMS = Path(sys.executable).parent
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.suffix in (".service", ".timer"))
EXAMPLE = (ROOT / ".env.example").read_text()
# What a service must not be able to do (systemd.exec(5)).
HARDENED = ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "CapabilityBoundingSet=", "UMask=0027")


def said(*words: object) -> str:
    """What a checker says, "" if it finds nothing."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or done.stdout or done.stderr
    return done.stdout + done.stderr if done.returncode else ""


# systemd


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """`systemd-analyze verify` asks for the programs too, so they are given where the units name them."""
    if not shutil.which("systemd-analyze"):
        assert not UNDER_CI
        pytest.skip("no systemd-analyze here: apt-get install systemd")
    for unit in UNITS:
        (tmp_path / unit.name).write_text(re.sub(r"/opt/hw4all/\.venv/bin/\w+", "/bin/true", unit.read_text()))
    assert said("systemd-analyze", "verify", "--man=no", *(tmp_path / unit.name for unit in UNITS)) == ""


def test_services_are_hardened() -> None:
    for unit in UNITS:
        if unit.suffix == ".service":
            lines = unit.read_text().splitlines()
            assert [line for line in (*HARDENED, "User=hw4all", "StateDirectory=hw4all") if line not in lines] == [], unit.name
            assert not re.search(r"^(Environment=.*)?(SECRET_KEY|DATABASE_URL|EMAIL_URL)=", unit.read_text(), re.MULTILINE)


def test_each_timer_has_its_service_and_each_service_starts_what_exists() -> None:
    for unit in UNITS:
        if unit.suffix == ".timer":
            assert unit.with_suffix(".service") in UNITS
        else:
            (command,) = re.findall(r"^ExecStart=(.+)$", unit.read_text(), re.MULTILINE)
            for name in re.findall(r"(?:manage\.py|/opt/hw4all/\./?run|/opt/hw4all/run) (\w+)", command):
                assert name in ("backup",) or list(ROOT.glob(f"*/management/commands/{name}.py")), name


def test_the_units_and_the_command_agree_about_the_settings() -> None:
    """`hw4all COMMAND` works on the same data as the services."""
    stated = {name: value for name, value in re.findall(r"(\w+)=(\S+)", (DEPLOY / "hw4all").read_text()) if name.isupper()}
    for unit in UNITS:
        for line in re.findall(r"^Environment=(.+)$", unit.read_text(), re.MULTILINE):
            for name, value in re.findall(r"(\w+)=(\S+)", line):
                assert stated.get(name, value) == value, f"{unit.name}: {name}"


# Docker


def test_the_dockerfile_has_no_known_flaw() -> None:
    assert said(PROGRAMS / "hadolint", "--no-color", ROOT / "Dockerfile") == ""


def test_compose_accepts_the_file() -> None:
    assert said(PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml") == ""


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_every_variable_of_compose_is_in_the_example(compose: Any) -> None:
    wanted = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text())) | set(compose["x-site"]["environment"])
    assert [name for name in sorted(wanted) if not re.search(rf"^(# )?{name}=", EXAMPLE, re.MULTILINE)] == []


def test_compose_has_two_hosts_and_no_secret(compose: Any) -> None:
    services = compose["services"]
    assert {"nginx", "web1", "web2", "worker", "database", "redis", "files"} == set(services)
    for name, service in services.items():
        image = service["image"]
        assert image == "hw4all" or re.search(r":v?\d+\.\d+|:\d+-", image), f"{name}: {image} names no version"
        assert service["restart"] == "unless-stopped"
        assert "no-new-privileges:true" in service["security_opt"]
        assert ("ports" in service) == (name == "nginx"), "only nginx is reached from outside"
        for variable, value in (service.get("environment") or {}).items():
            if re.search("PASSWORD|SECRET", variable):
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), f"{name}: {variable}"


def test_the_hosts_of_compose_are_those_of_nginx(compose: Any) -> None:
    addresses = [compose["services"][name]["networks"]["front"]["ipv4_address"] for name in ("web1", "web2")]
    assert re.findall(r"^server ([\d.]+):8000", (DEPLOY / "nginx" / "hosts-compose.conf").read_text(), re.MULTILINE) == addresses
    assert compose["x-site"]["environment"]["FORWARDED_ALLOW_IPS"] == compose["services"]["nginx"]["networks"]["front"]["ipv4_address"]


def test_every_mounted_file_exists(compose: Any) -> None:
    made_by_the_operator = {"./tls"}
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert source in made_by_the_operator or (DEPLOY / source).exists(), source
            else:
                assert source in compose["volumes"], source
