"""What stands in for programs that would change the machine: `python stand_ins.py NAME WORDS…` (test_guide.py)."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(os.environ["GUIDE_SERVER"])


def install(words: list[str]) -> None:
    """Without the owner and the group, whom this machine does not have."""
    kept = list(words)
    for option in ("-o", "-g"):
        while option in kept:
            place = kept.index(option)
            del kept[place : place + 2]
    become("install", kept)


def git(words: list[str]) -> None:
    become("git", words)


def python3(words: list[str]) -> None:
    """A virtual environment is the one that the tests run in."""
    if words[:2] == ["-m", "venv"]:
        Path(words[2]).symlink_to(Path(sys.prefix))
    else:
        os.execv(sys.executable, ["python3", *words])


def become(program: str, words: list[str]) -> None:
    os.execv(shutil.which(program, path="/usr/local/bin:/usr/bin:/bin") or program, [program, *words])


def systemctl(words: list[str]) -> None:
    match words:
        case ["daemon-reload"]:
            pass
        case ["restart", "nginx"]:
            start("nginx", ["nginx", "-g", "daemon off;"], dict(os.environ))
        case ["enable", "--now", *units] | ["restart", *units]:
            for unit in units:
                obey(unit)
        case ["reload", unit]:
            os.kill(int((ROOT / f"{unit}.pid").read_text()), signal.SIGHUP)
            time.sleep(1)
        case _:
            sys.exit(f"nothing stands in for: systemctl {shlex.join(words)}")


def obey(unit: str) -> None:
    """Start what a service says; run a timer's service once."""
    text = (ROOT / "etc/systemd/system" / unit.replace(".timer", ".service")).read_text()
    stated = dict(re.findall(r"^(\w+)=(.+)$", text, re.MULTILINE))
    env = dict(os.environ) | dict(pair.split("=", 1) for pair in stated["Environment"].split())
    env |= dict(line.split("=", 1) for line in Path(stated["EnvironmentFile"]).read_text().splitlines() if re.match("[A-Z]", line))
    env["PORT"] = str(json.loads((ROOT / "ports.json").read_text())[0])
    command = shlex.split(stated["ExecStart"])
    if unit.endswith(".timer"):
        subprocess.run(command, cwd=stated["WorkingDirectory"], env=env, check=True)
    else:
        start(unit, command, env, Path(stated["WorkingDirectory"]))


def start(name: str, command: list[str], env: dict[str, str], folder: Path | None = None) -> None:
    with (ROOT / f"{name}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True)
    (ROOT / f"{name}.pid").write_text(str(process.pid))
    time.sleep(1)


if __name__ == "__main__":
    {"install": install, "git": git, "python3": python3, "systemctl": systemctl}[sys.argv[1]](sys.argv[2:])
