"""A name for the code and the settings that pages are made by: a copy that another release left in a file is never fresh."""

import json
from hashlib import sha256
from pathlib import Path

from django.conf import settings

ENDINGS = {".py", ".html", ".svg", ".txt", ".json", ".mo"}
SKIPPED = {"var", "tests", "docs", "benchmarks", "node_modules"}


def release() -> str:
    digest = sha256()
    for folder in sorted(path for path in Path(settings.BASE_DIR).iterdir() if path.is_dir()):
        if folder.name not in SKIPPED and not folder.name.startswith("."):
            for path in sorted(folder.rglob("*")):
                if path.suffix in ENDINGS:
                    status = path.stat()
                    digest.update(f"{path} {status.st_size} {status.st_mtime_ns}".encode())
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    digest.update(manifest.read_bytes() if manifest.exists() else b"")
    for name in dir(settings):
        if name.isupper():
            digest.update(f"{name}={json.dumps(getattr(settings, name), default=_unnamed, skipkeys=True)}".encode())
    return digest.hexdigest()[:16]


def _unnamed(value: object) -> str:
    """Objects look different in each process, and no page depends on where files are."""
    return type(value).__name__
