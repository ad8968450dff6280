"""Where and when something was measured."""

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks.processes import ROOT


class Machine(NamedTuple):
    day: str
    processor: str
    cores: int
    python: str
    commit: str
    busy: float  # processes that waited for a processor in the minute before

    def __str__(self) -> str:
        return (
            f"{self.day}, commit {self.commit}, Python {self.python}, {self.cores} cores of {self.processor}; "
            f"{self.busy:.1f} processes at work in the minute before"
        )


def described() -> Machine:
    try:
        told = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        told = None
    words = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    processor = told[1].strip() if told else platform.machine()
    return Machine(f"{datetime.now(UTC):%-d %B %Y}", processor, os.cpu_count() or 1, platform.python_version(), commit, os.getloadavg()[0])
