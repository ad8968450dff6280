from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.loader import CONTENT, ContentError, Occupied, load_demo, read_checked


class Command(BaseCommand):
    help = "Loads the starting content from readable files. Adds what is missing, changes nothing that is there; all or nothing."

    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=CONTENT, help="where the files are (default: %(default)s)")
        parser.add_argument("--check", action="store_true", help="only read and check the files")

    def handle(self, *args: Any, folder: Path, check: bool, verbosity: int, **options: Any) -> None:
        try:
            if check:
                read_checked(folder)
                self.stdout.write("The files are in order.")
                return
            loaded = load_demo(folder=folder, progress=self.stdout.write if verbosity else lambda line: None)
        except ContentError as error:
            count = str(error).count("\n") + 1
            raise CommandError(f"Nothing was changed. {count} problem{'s' * (count > 1)} in the content:\n{error}") from error
        except Occupied as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        for title, counts in (("Made", loaded.made), ("Already there, left alone", loaded.kept)):
            if counts:
                self.stdout.write(f"{title}: {', '.join(f'{count} × {name}' for name, count in counts.items())}.")
