"""Static files for production: hashed, compressed, and each stylesheet of this project flattened into one minified file."""

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from rcssmin import cssmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = re.compile(r"""@import\s+url\(["']?([^"')]+)["']?\)\s*(?:layer\(([\w.-]+)\))?\s*;""")


def flatten(name: str, read: Any) -> str:
    """The stylesheet with each `@import url(…) layer(…);` replaced by the imported file, inside that layer.

    `read(name)` returns the text of a file. Imports are one level deep.
    """

    def inline(match: re.Match[str]) -> str:
        css = read(str(PurePosixPath(name).parent / match[1]))
        return f"@layer {match[2]} {{\n{css}\n}}" if match[2] else css

    return _IMPORT.sub(inline, read(name))


def flatten_and_minify(name: str, read: Any) -> str:
    """The stylesheet as it is sent to browsers."""
    return cssmin(flatten(name, read))


class FlatteningManifestStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, with this project's stylesheets flattened and minified; those of packages are left unchanged.

    Everybody may read the files, whoever collects them: they are public, and the site may run as another user.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755, **options})

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        for name, (source, _) in paths.items() if not dry_run else ():
            if name.endswith(".css") and Path(source.location) in map(Path, settings.STATICFILES_DIRS):
                css = flatten_and_minify(name, self._read)
                self.delete(name)
                self._save(name, ContentFile(css.encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)

    def compress_files(self, paths: set[str]) -> Iterator[tuple[str, str]]:
        """Compress only the files with a hash in their names, because pages use no others."""
        previous = os.umask(0o022)
        try:
            yield from super().compress_files(paths & set(self.hashed_files.values()))
        finally:
            os.umask(previous)

    def _read(self, name: str) -> str:
        with self.open(name) as file:
            return file.read().decode()
