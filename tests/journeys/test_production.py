"""Production without Docker: the image's recipe is followed by hand in a temporary folder, and what it would start is started.

There is no Docker engine where the tests run. So the instructions of the Dockerfile are read and carried out: COPY with .dockerignore
applied, the collecting RUN, the environment, the health check and the command. Not proved here: the base image, `useradd`, `pip install`.
"""

import ast
import contextlib
import http.client
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pytest

from tests.conftest import free_port, project_files
from tests.template_database import ROOT

pytestmark = pytest.mark.begins_first

REQUIRED = ("SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL")
HOST = "site.example.org"
COMPLETE = {
    "SECRET_KEY": "0123456789" * 6,
    "ALLOWED_HOSTS": f"{HOST},www.example.org",
    "SITE_URL": f"https://{HOST}",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "HW4All <secretariat@example.org>",
}
CLEAN = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


# The environment


def named_in_example() -> set[str]:
    return set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def read_by_code() -> set[str]:
    """Every variable that settings or gunicorn.conf.py ask the environment for."""
    found: set[str] = set()
    for path in (*(ROOT / "hw4all" / "settings").glob("*.py"), ROOT / "gunicorn.conf.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                asked = ast.unparse(node.func)
                if re.fullmatch(r"env(\.\w+)?|_required|_number|os\.(environ\.get|getenv)", asked):
                    found.add(str(node.args[0].value))
    return found | set(re.findall(r"\$\{(\w+)", (ROOT / "deploy" / "compose.yaml").read_text()))


def test_the_example_names_each_variable_that_is_read_and_no_other() -> None:
    assert named_in_example() == read_by_code()


def test_the_example_can_be_given_to_docker() -> None:
    """Docker takes a value as it stands: quotes, spaces around `=` and `export` would become part of it."""
    for line in (ROOT / ".env.example").read_text().splitlines():
        if line and not line.startswith("#"):
            assert re.fullmatch(r"[A-Z_]+=(?![\"' ]).*(?<! )|[A-Z_]+=", line), line


def settings_from(**env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import hw4all.wsgi"]
    return subprocess.run(command, cwd=ROOT, env={**CLEAN, **env}, capture_output=True, text=True, timeout=60, check=False)


def test_each_thread_has_a_database_connection() -> None:
    words = COMPLETE | {"DATABASE_URL": "postgres://u:p@127.0.0.1/x?sslmode=require", "WEB_THREADS": "20"}
    code = "from hw4all.settings import production as s; print(s.DATABASES['default']['OPTIONS'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=CLEAN | words, capture_output=True, text=True, check=True)
    options = ast.literal_eval(done.stdout)
    assert options["pool"]["max_size"] > 20
    assert options["sslmode"] == "require"


def test_wsgi_without_a_word_from_the_environment_names_all_that_is_missing() -> None:
    told = settings_from()
    assert told.returncode != 0
    assert told.stderr.count("django.core.exceptions.ImproperlyConfigured: ") == 1
    for name in REQUIRED:
        assert f"- {name}: " in told.stderr


def test_one_missing_variable_is_named_alone(tmp_path: Path) -> None:
    for name in REQUIRED:
        env = {key: value for key, value in COMPLETE.items() if key != name}
        told = settings_from(**env, VAR_DIR=str(tmp_path))
        assert [other for other in REQUIRED if f"- {other}: " in told.stderr] == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY", "short"), ("SITE_URL", "http://example.org"), ("EMAIL_URL", "not a url"), ("ALLOWED_HOSTS", "")]
    + [("ENDORSEMENTS_PER_HOUR", value) for value in ("0", "-1", "many", "1e3", "1_000", "")],
)
def test_a_useless_value_is_named_too(name: str, value: str, tmp_path: Path) -> None:
    told = settings_from(**{**COMPLETE, name: value}, VAR_DIR=str(tmp_path))
    assert told.returncode != 0
    assert f"- {name}: " in told.stderr


# The image's recipe


class Instruction(NamedTuple):
    word: str
    rest: str


def instructions() -> list[list[Instruction]]:
    """The Dockerfile's stages, each the list of its instructions."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    stages: list[list[Instruction]] = []
    for line in text[text.index("\nFROM ") :].splitlines():
        if line and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            if word == "FROM":
                stages.append([])
            stages[-1].append(Instruction(word, rest.strip()))
    return stages


def only(stage: list[Instruction], word: str) -> str:
    (found,) = [instruction.rest for instruction in stage if instruction.word == word]
    return found


def variables(stage: list[Instruction]) -> dict[str, str]:
    return dict(pair.split("=", 1) for line in stage if line.word == "ENV" for pair in shlex.split(line.rest))


def build_context() -> list[str]:
    """The files that .dockerignore lets through; the last pattern that fits a file or a folder above it decides."""
    patterns = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]

    def is_kept(name: str) -> bool:
        kept = True
        path = PurePosixPath(name)
        candidates = [str(path), *(str(parent) for parent in path.parents if str(parent) != ".")]
        for pattern in patterns:
            bare = pattern.removeprefix("!").removeprefix("**/")
            anywhere = pattern.startswith("**/")
            if any(fnmatch(PurePosixPath(one).name if anywhere else one, bare) for one in candidates):
                kept = pattern.startswith("!")
        return kept

    return [name for name in project_files() if is_kept(name)]


def test_the_running_image_is_not_root_and_keeps_no_secret() -> None:
    build, final = instructions()
    assert int(only(final, "USER")) > 0
    assert only(final, "HEALTHCHECK")
    assert only(final, "VOLUME") == variables(final)["VAR_DIR"]
    assert variables(final)["DJANGO_SETTINGS_MODULE"] == "hw4all.settings.production"
    assert not variables(final).keys() & set(REQUIRED)
    assert not variables(build).keys() & set(REQUIRED)
    assert only(final, "FROM") == only(build, "FROM").removesuffix(" AS build")
    copied = {line.rest.split()[1] for line in final if line.word == "COPY" and line.rest.startswith("--from=build")}
    assert copied == {"/venv", "/app"}


def test_static_files_are_outside_the_volume() -> None:
    """A volume hides what the image has at its place: after an upgrade, the site would serve the old files."""
    env = variables(instructions()[1])
    assert not PurePosixPath(env["STATIC_ROOT"]).is_relative_to(env["VAR_DIR"])


def test_the_context_holds_what_the_site_runs_on_and_nothing_else() -> None:
    kept = build_context()
    tops = {PurePosixPath(name).parts[0] for name in kept}
    rooms = {PurePosixPath(name).parts[0] for name in project_files() if name.endswith("/apps.py")}
    assert rooms | {"hw4all", "templates", "static", "manage.py", "gunicorn.conf.py", "requirements.txt"} <= tops
    assert not tops & {"tests", "docs", "run", ".env", ".env.example", ".git", ".ci", "var", ".venv"}
    for line in (line for stage in instructions() for line in stage if line.word == "COPY" and not line.rest.startswith("--from")):
        sources = line.rest.split()[:-1]
        assert all(source == "." or source in kept for source in sources)


class Image(NamedTuple):
    app: Path
    data: Path
    env: dict[str, str]


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image's /app after its build, and the environment that its command would find."""
    root = tmp_path_factory.mktemp("image")
    app, data = root / "app", root / "data"
    data.mkdir()
    for name in build_context():
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_bytes((ROOT / name).read_bytes())

    def here(text: str) -> str:
        text = text.replace("/venv/bin/python", shlex.quote(sys.executable)).replace("/venv/bin", str(Path(sys.executable).parent))
        return re.sub(r"(?<![\w/])/(app|data)\b", lambda match: str(root / match[1]), text)

    build, final = instructions()
    (collect,) = [line.rest for line in build if line.word == "RUN" and "collectstatic" in line.rest]
    done = subprocess.run(["/bin/sh", "-c", here(collect)], cwd=app, env=CLEAN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    env = {name: here(value).replace("$PATH", CLEAN["PATH"]) for name, value in variables(final).items()}
    return Image(app, data, {**CLEAN, **env, **COMPLETE})


def test_collected_files_are_hashed_and_compressed(image: Image) -> None:
    static = Path(image.env["STATIC_ROOT"])
    manifest = json.loads((static / "staticfiles.json").read_text())["paths"]
    css = static / manifest["css/site.css"]
    assert re.fullmatch(r"site\.[0-9a-f]{12}\.css", css.name)
    ours = [static / hashed for name, hashed in manifest.items() if (ROOT / "static" / name).is_file() and name.endswith(".css")]
    assert css in ours
    assert [path for path in ours if "@import" in path.read_text() or "\n" in path.read_text()] == [], "flattened and minified"
    assert css.with_name(css.name + ".br").stat().st_size <= 8 * 1024
    assert css.with_name(css.name + ".gz").exists()


def manage(image: Image, *words: str) -> str:
    done = subprocess.run(
        ["python", "manage.py", *words], cwd=image.app, env=image.env, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_django_finds_only_what_was_decided(image: Image) -> None:
    """Subdomains and the preload list are not ours to promise (W005, W021); the editor frames its previews (W019)."""
    assert set(re.findall(r"security\.\w+", manage(image, "check", "--deploy"))) == {"security.W005", "security.W019", "security.W021"}


@pytest.fixture(scope="session")
def production(image: Image, give_content: Callable[[Path], None]) -> Iterator[tuple[Image, int]]:
    """The image's own command, on a database made ready as docs/operations.md says for an upgrade."""
    give_content(image.data)
    manage(image, "prepare_site", "--without-secretary")
    port = free_port()
    env = {**image.env, "PORT": str(port), "LISTEN": "127.0.0.1", "WEB_CONCURRENCY": "1"}
    command = json.loads(only(instructions()[1], "CMD"))
    with (image.data / "gunicorn.log").open("w") as log:
        process = subprocess.Popen(command, cwd=image.app, env=env, stdout=log, stderr=log, text=True)
    # The socket listens before the site behind it is loaded.
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            if ask(port, "/healthz")[0].status == 200:
                break
        time.sleep(0.2)
    yield image._replace(env=env), port
    process.send_signal(signal.SIGTERM)
    try:
        assert process.wait(30) == 0, "SIGTERM ends it in order"
    finally:
        process.kill()


def ask(port: int, path: str, headers: dict[str, str] | None = None, *, https: bool = True) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    forwarded = {"X-Forwarded-Proto": "https"} if https else {}
    connection.request("GET", path, headers={"Host": HOST, **forwarded, **(headers or {})})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_the_health_check_asks_what_the_site_answers(production: tuple[Image, int]) -> None:
    image, _port = production
    check = only(instructions()[1], "HEALTHCHECK")
    command = json.loads(check[check.index("CMD") + 3 :])
    assert subprocess.call(command, cwd=image.app, env=image.env, timeout=20) == 0
    assert subprocess.call(command, cwd=image.app, env={**image.env, "PORT": str(free_port())}, timeout=20, stderr=subprocess.DEVNULL) != 0


def test_production_serves_pages_and_compressed_files(production: tuple[Image, int]) -> None:
    _image, port = production
    answer, body = ask(port, "/")
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Strict-Transport-Security"]
    css = re.search(rb'href="(/static/css/site\.[0-9a-f]{12}\.css)"', body)
    assert css
    answer, _body = ask(port, css[1].decode(), {"Accept-Encoding": "br"})
    assert answer.status == 200
    assert answer.headers["Content-Encoding"] == "br"
    assert "immutable" in answer.headers["Cache-Control"]


def test_plain_http_is_sent_to_https(production: tuple[Image, int]) -> None:
    answer, _body = ask(production[1], "/news/?kind=statement", https=False)
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/news/?kind=statement")


def test_another_host_name_is_refused(production: tuple[Image, int]) -> None:
    assert ask(production[1], "/", {"Host": "evil.example"})[0].status == 400


def test_everybody_reads_the_static_files_and_nobody_else_the_data(image: Image, tmp_path: Path) -> None:
    code = "from hw4all.settings import production; import sqlite3; sqlite3.connect('db').execute('create table one (id)')"
    env = {**CLEAN, **COMPLETE, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, umask=0o022, check=True)
    assert (tmp_path / "db").stat().st_mode & 0o777 == 0o640
    assert [path for path in Path(image.env["STATIC_ROOT"]).rglob("*") if not path.stat().st_mode & 0o004] == []


def test_nothing_commands_the_server(production: tuple[Image, int]) -> None:
    assert "--no-control-socket" in only(instructions()[1], "CMD")
    assert not [path for path in production[0].data.rglob("*") if path.is_socket()]
