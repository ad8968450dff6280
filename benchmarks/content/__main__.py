"""Make databases with the content of each size: `python -m benchmarks.content FOLDER [SIZE…]`."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SIZES = ("small", "medium", "large")


def main(folder: Path, sizes: list[str]) -> None:
    """A site with the starting content is made once, copied for each size and filled there. A database appears when it is whole."""
    for size in sizes:
        start = time.monotonic()
        making, made = folder / f"{size}.making", folder / size
        shutil.rmtree(making, ignore_errors=True)
        shutil.copytree(_base(folder), making)
        run(making, "-m", "benchmarks.content.fill", size)
        made.mkdir(exist_ok=True)
        shutil.copytree(making / "media", made / "media", dirs_exist_ok=True)
        (making / "db.sqlite3").replace(made / "db.sqlite3")
        shutil.rmtree(making)
        print(f"{made / 'db.sqlite3'}: {(made / 'db.sqlite3').stat().st_size / 1e6:.0f} MB in {time.monotonic() - start:.0f} s", flush=True)


def _base(folder: Path) -> Path:
    base = folder / "base"
    if not (base / "db.sqlite3").exists():
        base.mkdir(parents=True, exist_ok=True)
        run(base, "manage.py", "prepare_site", "--without-secretary")
    return base


def run(var: Path, *words: str) -> None:
    env = {**os.environ, "VAR_DIR": str(var), "DATABASE_URL": f"sqlite:///{var / 'db.sqlite3'}", "DJANGO_SETTINGS_MODULE": SETTINGS}
    subprocess.run([sys.executable, *words], cwd=ROOT, env=env, check=True)


SETTINGS = "hw4all.settings.local"

if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or list(SIZES))
