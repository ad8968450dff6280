"""Processes of our own, on loopback: started in a group of their own, and ended with all that they started."""

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _end_with_parent() -> None:
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def start(command: list[Any], env: Mapping[str, str], cwd: Path = ROOT, **options: Any) -> subprocess.Popen[str]:
    words = [str(word) for word in command]
    return subprocess.Popen(words, cwd=cwd, env=dict(env), start_new_session=True, preexec_fn=_end_with_parent, text=True, **options)


def end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run(command: list[Any], env: Mapping[str, str], cwd: Path = ROOT) -> None:
    """Run to the end and say nothing; raises with what it said if it fails."""
    process = start(command, env, cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        said, _none = process.communicate()
    except BaseException:
        end(process)
        raise
    if process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{said[-3000:]}")


class Worker:
    """A process of `benchmarks.worker`; `worker.ask("get", address="/")` asks it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.process = start([sys.executable, "-m", "benchmarks.worker"], env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, do: str, **words: Any) -> Any:
        self.send(do, **words)
        return self.answer()

    def send(self, do: str, **words: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": do, **words}) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("a worker ended; what it said stands above")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        end(self.process)
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()


@contextlib.contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    try:
        yield process
    finally:
        end(process)
