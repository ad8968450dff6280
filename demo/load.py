"""The starting content: read and check every file, then build it all in one transaction, or nothing at all.

Loading again adds what is missing and leaves alone what is there: rows are known by slug, pages by their place in the tree, settings
and redirects by being there. What an editor changed therefore stays; what an editor deleted comes back when somebody loads by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from wagtail.models import Site

from .builder import Builder, Occupied
from .compose import check
from .media import files_removed_on_failure
from .reader import Content, read
from .source import ContentError, Problems
from .stream import Streams
from .targets import Known

__all__ = ["CONTENT", "ContentError", "Loaded", "Occupied", "load_demo", "read_checked"]

CONTENT = Path(__file__).resolve().parent / "content"


@dataclass(frozen=True)
class Loaded:
    """How many of each thing were made, and how many were there already, by their names in the admin."""

    made: dict[str, int]
    kept: dict[str, int]


def read_checked(folder: Path = CONTENT) -> Content:
    """The content of a folder, without touching the database. Raises ContentError naming every problem with its file and line."""
    problems = Problems()
    content = read(folder, problems)
    check(content, Streams(Known(content, problems), problems))
    problems.stop_if_any()
    return content


def load_demo(*, folder: Path = CONTENT, progress: Callable[[str], object] = lambda line: None) -> Loaded:
    """Loads the starting content; `progress` hears a line for each step.

    Raises ContentError when a file is wrong, and Occupied when the site holds something else where the content wants to go.
    Whatever it raises, the database and the stored files are as before.
    """
    progress("Reading the files")
    builder = Builder(read_checked(folder), progress)
    try:
        with files_removed_on_failure(), transaction.atomic():
            builder.build()
    except BaseException:
        Site.clear_site_root_paths_cache()
        raise
    return Loaded(dict(builder.made), dict(builder.kept))
