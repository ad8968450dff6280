"""A real Chromium for the browser tests: found on this machine, or installed for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TextIO

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A container has no user namespace to sandbox in; the rest keeps the browser from calling its maker at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # No name but the machine's own leads anywhere: a page that needs another host is broken here, as it should be.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


class Unavailable(Exception):
    """Why there is no Chromium, in one sentence."""


def find() -> str | None:
    """The path of a Chromium on this machine: the one named by CHROMIUM, on the PATH, or Playwright's own."""
    named = os.environ.get("CHROMIUM", "")
    found = [path for path in (named, *(shutil.which(name) for name in NAMES)) if path and Path(path).exists()]
    return found[0] if found else _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install(out: TextIO) -> str:
    """Install one: Debian's package where we are root, else the build that Playwright downloads. What is done goes to `out`."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium with apt-get …", file=out)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.call(["apt-get", "update", "-q"], stdout=subprocess.DEVNULL, env=env)
        install = ["apt-get", "install", "-qy", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
        subprocess.call(install, stdout=subprocess.DEVNULL, env=env)
    if not find():
        print("Installing Chromium with Playwright …", file=out)
        subprocess.call([sys.executable, "-m", "playwright", "install", "chromium"], stdout=out, stderr=out)
    found = find()
    if not found:
        raise Unavailable("no Chromium here: install one (Debian: apt-get install chromium), then run the tests again.")
    return found
