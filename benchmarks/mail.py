"""How many emails a second the site sends, to a mail server on loopback that takes everything at once.

`python -m benchmarks.mail [--postgresql] [--mails 2000] [--workers 1 2 4] [--wait 0.05]`: each worker is a process that does what `run_due`
does with what waits. `--wait` is the time that the mail server takes for each message, as one across the internet does.
"""

import argparse
import socketserver
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.processes import HOST, end, run, start
from benchmarks.servers import site_environment

WRITE = """
from django.core.mail import EmailMessage
from django.db import transaction
from core.mail.queue import enqueue
with transaction.atomic():
    for number in range({start}, {end}):
        message = EmailMessage("Please confirm", "A link and some words. " * 40, to=[f"reader{{number}}@example.org"])
        enqueue(message, key=f"bench:{{number}}", purpose="bench")
"""
SEND = "from core.mail.delivery import deliver; deliver(seconds=600, limit=1_000_000)"
LEFT = "from core.models import OutgoingMail; assert not OutgoingMail.objects.exclude(state='sent').exists()"


class Sink(socketserver.ThreadingTCPServer):
    """Takes every message after `wait` seconds, and counts them."""

    daemon_threads, allow_reuse_address, request_queue_size = True, True, 64

    def __init__(self, wait: float) -> None:
        super().__init__((HOST, 0), Conversation)
        self.wait, self.count = wait, 0


class Conversation(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self.say("220 sink ESMTP")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.say("354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                time.sleep(self.server.wait)
                self.server.count += 1
            self.say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mail")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--wait", type=float, default=0.0)
    options = parser.parse_args(words)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hw4all-mail-")))
        url = f"sqlite:///{folder / 'db.sqlite3'}"
        if options.postgresql:
            from tests import postgresql

            url = stack.enter_context(postgresql.server())
        sink = stack.enter_context(Sink(options.wait))
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        env = site_environment(folder, url, folder / "static", sink.server_address[1])
        run([sys.executable, "manage.py", "migrate", "--verbosity=0"], env)
        for count, workers in enumerate(options.workers):
            print(f"{workers} workers: {_rate(env, count * options.mails, options.mails, workers, sink):.0f} emails a second", flush=True)
        sink.shutdown()


def _rate(env: dict[str, str], first: int, mails: int, workers: int, sink: Sink) -> float:
    """Emails a second, between the first and the last that the mail server gets; the processes' own start does not count."""
    sending = env | {"DJANGO_SETTINGS_MODULE": "hw4all.settings.production"}
    run([sys.executable, "-c", _django(f"settings.OUTBOX_PROMPT = False\n{WRITE.format(start=first, end=first + mails)}")], sending)
    sent_before, sink.count = first, 0
    processes = [start([sys.executable, "-c", _django(SEND)], sending) for _ in range(workers)]
    try:
        while not sink.count:
            time.sleep(0.005)
        begun = time.perf_counter()
        while sink.count < mails and any(process.poll() is None for process in processes):
            time.sleep(0.01)
        seconds = time.perf_counter() - begun
        for process in processes:
            process.wait(60)
    finally:
        for process in processes:
            end(process)
    assert sink.count == mails, f"{sink.count} of {mails} arrived, after {sent_before}"
    run([sys.executable, "-c", _django(LEFT)], sending)
    return mails / seconds


def _django(code: str) -> str:
    return f"import django; django.setup(); from django.conf import settings\n{code}"


if __name__ == "__main__":
    main(sys.argv[1:])
