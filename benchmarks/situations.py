"""What happens to a large site: it starts, something is published, many come at once, files are asked for, memory fills, people sign."""

import html
import re
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks import load, servers
from benchmarks.pages import ADMIN, DECLARATION, POST, READERS
from benchmarks.processes import Worker
from benchmarks.visits import ask
from tests.support import smtp_server

# A process looks at most once a second whether something was published.
NOTICED = 1.1
READERS_AT_ONCE = 16
PEOPLE = 12
WEIGHED = {"home": "/", "listing": "/news/", "article": POST, "declaration": DECLARATION}


def cold_start(env: Mapping[str, str], times: int = 3) -> dict[str, float]:
    """The seconds from the start of a process to the whole first page."""
    seconds = []
    for _time in range(times):
        with servers.site(env, path="/") as server:
            seconds.append(server.cold_start)
    return {"seconds until the first page": statistics.median(seconds)}


def after_publishing(env: Mapping[str, str], folder: Path, times: int = 3) -> dict[str, float]:
    """The first reader of a page after a post was published, and sixteen readers at once; two processes with eight threads."""
    found: dict[str, float] = {}
    with _production(env, folder) as (server, renderings), Worker(env) as worker:
        for kind, address in WEIGHED.items():
            seconds = []
            for _time in range(times):
                load.run(server.port, address, 0.2)
                worker.ask("publish")
                time.sleep(NOTICED)
                seconds.append(ask(server.port, address).seconds)
            found[f"{kind}, first reader, ms"] = statistics.median(seconds) * 1000
        slowest, rendered = [], []
        for _time in range(times):
            load.run(server.port, "/", 0.2)
            worker.ask("publish")
            time.sleep(NOTICED)
            renderings.write_bytes(b"")
            crowd = load.run(server.port, "/", 30, connections=READERS_AT_ONCE, most=READERS_AT_ONCE)
            time.sleep(NOTICED)
            slowest.append(max(crowd.latencies))
            rendered.append(len(renderings.read_bytes()))
        found["home, 16 readers at once, the slowest, ms"] = statistics.median(slowest) * 1000
        found["home, 16 readers at once, renderings"] = statistics.median(rendered)
    return found


@contextmanager
def _production(env: Mapping[str, str], folder: Path) -> Iterator[tuple[servers.Server, Path]]:
    """The site as gunicorn.conf.py starts it: two processes with eight threads each; and the file that counts renderings."""
    renderings = folder / "renderings"
    renderings.write_bytes(b"")
    env = {**env, "BENCH_RENDERINGS": str(renderings), "WEB_CONCURRENCY": "2", "WEB_THREADS": "8"}
    words = ("--config", "gunicorn.conf.py")
    with servers.gunicorn(
        Path(sys.executable), "benchmarks.counted:application", env, servers.ROOT, *words, path="/healthz", options=servers.AS_CONFIGURED
    ) as server:
        yield server, renderings


def files(env: Mapping[str, str]) -> dict[str, float]:
    """The names under the open declaration as files, asked for the first time and again."""
    found = {}
    with servers.site(env) as server:
        for name in ("signatories.csv", "signatories.json"):
            for time_ in ("first time", "again"):
                answer = ask(server.port, DECLARATION + name)
                if answer.status != 200:
                    raise RuntimeError(f"{name}: status {answer.status}")
                found[f"{name}, {time_}, ms"] = answer.seconds * 1000
    return found


def memory(env: Mapping[str, str]) -> dict[str, float]:
    """The megabytes of a process that has answered every kind of page, twice, and then every list of the admin."""
    found = {}
    with Worker(env) as worker:
        cookie, addresses = worker.ask("cookie"), [worker.ask("place", address=address) for address in ADMIN.values()]
    with servers.site(env) as server:
        found["MB after the start"] = megabytes(server.worker)
        for address in [*READERS.values()] * 2:
            ask(server.port, address)
        found["MB after all pages of readers"] = megabytes(server.worker)
        for address in addresses:
            if ask(server.port, address, cookie=cookie).status != 200:
                raise RuntimeError(f"{address} is not shown to a colleague")
        found["MB after all lists of the admin"] = megabytes(server.worker)
    return found


def megabytes(pid: int) -> float:
    """The resident memory of a process."""
    (kilobytes,) = re.findall(r"^Rss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(kilobytes) / 1024


def signing(env: Mapping[str, str]) -> dict[str, float]:
    """The time to send the form and to confirm, while the mail server works and while it hangs."""
    found = {}
    for mood in ("accept", "hang"):
        with smtp_server.Server(mood) as mail:
            told = {**env, "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}"}
            with servers.site(told) as server, Worker(told) as worker:
                sent, confirmed = zip(*(_sign(server.port, worker, f"{mood}-{n}") for n in range(PEOPLE)), strict=True)
        words = "mail works" if mood == "accept" else "mail hangs"
        found[f"sign, {words}, ms"] = statistics.median(sent) * 1000
        found[f"confirm, {words}, ms"] = statistics.median(confirmed) * 1000
        found[f"sign, {words}, slowest, ms"] = max(sent) * 1000
    return found


def _sign(port: int, worker: Worker, who: str) -> tuple[float, float]:
    """What a person waits for the two buttons: Send, and that of the page behind the emailed link."""
    email = f"nurse@{who}.example"
    form = {"as": "person", "name": f"Ngozi {who}", "country": "NG", "role": "Nurse", "email": email, "show_name": "on"}
    place = f"{DECLARATION}endorse/"
    review = ask(port, place, {**form, "began": worker.ask("began")})
    sent = ask(port, place, {**_hidden(review.body), "step": "send"})
    link = worker.ask("confirmation", email=email)
    shown = ask(port, link)
    confirmed = ask(port, link, _hidden(shown.body))
    for answer in (sent, confirmed):
        if answer.status != 303:
            raise RuntimeError(f"signing did not work: status {answer.status}")
    return sent.seconds, confirmed.seconds


def _hidden(body: bytes) -> dict[str, str]:
    """What the form on the page carries along."""
    values = {}
    for field in re.findall(r"<input\b[^>]*>", body.decode()):
        name, value = (re.search(rf'\b{word}="?([^">]*?)"?(?=[\s>/])', field) for word in ("name", "value"))
        if "hidden" in field and name:
            values[name[1]] = html.unescape(value[1]) if value else ""
    return values


def weight(env: Mapping[str, str]) -> dict[str, float]:
    """The bytes of a page and its style as they are sent, compressed."""
    found = {}
    with servers.site(env) as server:
        for kind, address in WEIGHED.items():
            page, plain = ask(server.port, address, coding="br"), ask(server.port, address).body.decode()
            styles = re.findall(r'<link\b[^>]*rel="?stylesheet"?[^>]*>', plain)
            places = [re.search(r'href="?([^"> ]+)', style) for style in styles]
            parts = [ask(server.port, place[1], coding="br") for place in places if place]
            found[f"{kind}, bytes of HTML and CSS"] = float(len(page.body) + sum(len(part.body) for part in parts))
    return found
