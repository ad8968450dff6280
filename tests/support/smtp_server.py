"""A real mail server in a process of its own, with the moods of real ones.

`with Server() as server:` gives `server.port`, `server.mood = "…"` for the connections from then on, and `server.taken()`, the messages it
has taken charge of: (recipient, Message-ID), in order. It writes a message down before it says 250, as RFC 5321 (6.1) wants.

Moods: accept · temporary, permanent (what RCPT is answered) · policy (what DATA is answered) · busy (greets with 421) · hang (never
greets) · stall (takes the message, and does not say so for a while) · swallow (gets the message, takes no charge, never answers) ·
drop-before (breaks the line instead of taking the message) · drop-after (takes it, breaks the line instead of saying so) ·
once-dropped (drop-after for the first message, then accept) · no-goodbye (accepts, and never answers QUIT).
"""

import contextlib
import email
import json
import socket
import socketserver
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

STALL_SECONDS = 60.0


class Conversation(socketserver.StreamRequestHandler):
    server: "MoodyServer"

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self.converse()

    def converse(self) -> None:
        mood = self.server.mood()
        self.server.note("called.txt", mood)
        if mood == "hang":
            self.rfile.read()  # until the caller hangs up
            return
        self.say("421 busy, come back later" if mood == "busy" else "220 mail.test ESMTP")
        recipient = ""
        while line := self.rfile.readline():
            word, rest = line[:4].upper().decode().strip(), line.decode()
            if word in ("EHLO", "HELO"):
                self.say("250 mail.test")
            elif word == "RCPT":
                recipient = rest.partition("<")[2].partition(">")[0]
                self.say({"temporary": "451 greylisted", "permanent": "550 no such mailbox"}.get(mood, "250 ok"))
            elif word == "DATA":
                self.say("354 go on")
                if not self.take(recipient, mood):
                    return
            elif word == "QUIT":
                if mood == "no-goodbye":
                    time.sleep(STALL_SECONDS)
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self, recipient: str, mood: str) -> bool:
        """Read a message and do what the mood asks; False when the conversation is over."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if mood == "policy":
            self.say("554 we do not like this")
            return True
        if mood == "swallow":
            self.server.note("swallowed.txt", recipient)
            time.sleep(STALL_SECONDS)
        if mood in ("drop-before", "swallow"):
            return False
        self.server.note("taken.txt", json.dumps([recipient, email.message_from_bytes(b"".join(lines))["Message-ID"]]))
        if mood == "once-dropped":
            self.server.mood_file.write_text("accept")
        if mood in ("drop-after", "once-dropped"):
            return False
        if mood == "stall":
            time.sleep(STALL_SECONDS)
        self.say("250 taken")
        return True


class MoodyServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.folder, self.mood_file = folder, folder / "mood.txt"

    def mood(self) -> str:
        return self.mood_file.read_text()

    def note(self, name: str, words: str) -> None:
        with (self.folder / name).open("a") as file:
            file.write(words + "\n")


class Server:
    """The test's side of it."""

    def __init__(self, mood: str = "accept") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hw4all-smtp-")
        self.folder = Path(self._folder.name)
        self.mood = mood
        self.port = 0
        self._process: subprocess.Popen[Any] | None = None

    @property
    def mood(self) -> str:
        return (self.folder / "mood.txt").read_text()

    @mood.setter
    def mood(self, mood: str) -> None:
        (self.folder / "mood.txt.new").write_text(mood)
        (self.folder / "mood.txt.new").rename(self.folder / "mood.txt")

    def _noted(self, name: str) -> list[str]:
        file = self.folder / name
        return file.read_text().splitlines() if file.exists() else []

    def taken(self) -> list[tuple[str, str]]:
        return [tuple(json.loads(line)) for line in self._noted("taken.txt")]

    def calls(self) -> int:
        return len(self._noted("called.txt"))

    def wait_for(self, name: str, seconds: float = 15) -> None:
        """Until something was noted in `taken.txt`, `swallowed.txt` or `called.txt`."""
        deadline = time.monotonic() + seconds
        while not self._noted(name):
            assert time.monotonic() < deadline, f"the mail server never wrote {name}"
            time.sleep(0.02)

    def __enter__(self) -> "Server":
        command = [sys.executable, str(Path(__file__).resolve()), str(self.folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._folder.cleanup()


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    with MoodyServer(Path(sys.argv[1])) as listening:
        print(listening.server_address[1], flush=True)
        listening.serve_forever()
