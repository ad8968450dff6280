"""What the site is compared with: a fresh project of `wagtail start`, and one of CodeRed CMS, in a virtual environment of its own."""

import hashlib
import os
import secrets
import shutil
import sys
from pathlib import Path

from benchmarks.processes import ROOT, run

LOCK = ROOT / "requirements-bench.txt"
# What a project of `wagtail start` or `coderedcms start` is told for production.
SETTINGS = """
SECRET_KEY = "{}"
ALLOWED_HOSTS = ["*"]
"""
CACHE_OFF = "WAGTAIL_CACHE = False"


class Unavailable(Exception):
    """Why a peer cannot be measured here, in one sentence."""


def clean_environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "DATABASE_", "VAR_DIR", "PYTHON"))}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", **more}


def coderedcms_python(folder: Path) -> Path:
    """The Python of a virtual environment with the pinned packages, made on the first call."""
    venv, stamp = folder / "peers", folder / "peers" / "stamp"
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(venv, ignore_errors=True)
        print("- Installing CodeRed CMS …", flush=True)
        try:
            run([sys.executable, "-m", "venv", venv], clean_environment())
            run([venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCK], clean_environment())
        except RuntimeError as error:
            raise Unavailable(f"CodeRed CMS could not be installed: {str(error).strip().splitlines()[-1]}") from error
        stamp.write_text(wanted)
    return venv / "bin" / "python"


def wagtail_project(folder: Path) -> Path:
    """A project as `wagtail start` makes it, with this site's own Wagtail."""
    return _project(folder, Path(sys.executable), "wagtail", "production", "local", "")


def coderedcms_project(folder: Path, python: Path, *, cache: bool) -> Path:
    """A project as `coderedcms start` makes it, with its cache as it comes, or off."""
    return _project(folder, python, "coderedcms", "prod", "bench", "from .prod import *\n" + ("" if cache else CACHE_OFF))


def _project(folder: Path, python: Path, program: str, settings: str, own: str, more: str) -> Path:
    """A migrated project in production settings, with its static files collected."""
    folder.mkdir(parents=True)
    run([python.with_name(program), "start", "peer", "."], clean_environment(), folder)
    (folder / "peer" / "settings" / f"{own}.py").write_text(more + SETTINGS.format(secrets.token_urlsafe(50)))
    module = f"peer.settings.{settings if own == 'local' else own}"
    for words in (("migrate", "--verbosity=0"), ("collectstatic", "--noinput", "--verbosity=0")):
        run([python, "manage.py", *words], clean_environment(DJANGO_SETTINGS_MODULE=module), folder)
    (folder / "settings-module").write_text(module)
    return folder
