"""Static files for production: hashed, compressed, and each stylesheet flattened into one file."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = re.compile(r"""@import\s+url\(["']?([^"')]+)["']?\)\s*(?:layer\(([\w.-]+)\))?\s*;""")


def flatten(name: str, read: Any) -> str:
    """The stylesheet with each `@import url(…) layer(…);` replaced by what it names, inside that layer.

    `read(name)` returns a file's text. Imports are one level deep by house rule, so a reader finds every part from the one list.
    """

    def inline(match: re.Match[str]) -> str:
        css = read(str(PurePosixPath(name).parent / match[1]))
        return f"@layer {match[2]} {{\n{css}\n}}" if match[2] else css

    return _IMPORT.sub(inline, read(name))


def squeeze(css: str) -> str:
    """The stylesheet without comments and needless white space; strings and selectors keep their meaning."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r"\s*([{};,])\s*", r"\1", css).replace(";}", "}").strip()


class FlatteningManifestStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, run over `css/site.css` with its imports already inlined."""

    entry = "css/site.css"

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if self.entry in paths and not dry_run:
            css = squeeze(flatten(self.entry, self._read))
            self.delete(self.entry)
            self._save(self.entry, ContentFile(css.encode()))
            paths[self.entry] = (self, self.entry)
        yield from super().post_process(paths, dry_run, **options)

    def compress_files(self, paths: set[str]) -> Iterator[tuple[str, str]]:
        """Those whose names carry their hash, as no page names the others: half the work and half the files."""
        yield from super().compress_files(paths & set(self.hashed_files.values()))

    def _read(self, name: str) -> str:
        with self.open(name) as file:
            return file.read().decode()
