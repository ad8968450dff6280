import secrets
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from wagtail.models import Page

from demo.loader import load_demo

SECRETARY_EMAIL = "secretary@example.org"
SECRETARY_NAME = "Demo secretary"
# Without letters and digits that look alike.
LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    """Each step is skipped if it is not needed, so a repeated call is quick and changes nothing."""

    help = (
        "Makes a database ready for use: tables, roles, the starting content if it holds no page of ours, "
        "and a demo secretary with a random password if it knows no user."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--without-content", action="store_true", help="leave an empty site empty")
        parser.add_argument("--without-secretary", action="store_true", help="make no user; `createsuperuser` makes the first one")

    def handle(self, *args: Any, without_content: bool, without_secretary: bool, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._step("Making the database tables", lambda: call_command("migrate", interactive=False, verbosity=0))
            if not is_empty():  # its rules may be others now
                self._step("Writing the search index", lambda: call_command("update_index", verbosity=0))
        call_command("sync_roles", verbosity=0)
        if not without_content and is_empty():
            self._step("Loading the starting content", lambda: load_demo(progress=self._progress))
        if not without_secretary and not get_user_model().objects.exists():
            self._make_secretary()

    def _step(self, what: str, do: Callable[[], object]) -> None:
        start = time.monotonic()
        self.stdout.write(f"- {what} …")
        self.stdout.flush()
        do()
        self.stdout.write(f"  done in {time.monotonic() - start:.1f} s")
        self.stdout.flush()

    def _progress(self, what: str) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"    {what}")

    def _make_secretary(self) -> None:
        password = "-".join("".join(secrets.choice(LEGIBLE) for _ in range(4)) for _ in range(4))
        with transaction.atomic():
            user = get_user_model().objects.create_user(SECRETARY_EMAIL, password, name=SECRETARY_NAME)
            user.groups.add(Group.objects.get(name="Secretariat"))
        self.stdout.write(f"\n  Sign in at {reverse('wagtailadmin_home')} as {SECRETARY_EMAIL} with the password {password}")
        self.stdout.write(f"  It is shown only now; `./run manage changepassword {SECRETARY_EMAIL}` sets another.")


def is_empty() -> bool:
    """Whether there are no pages but Wagtail's root and welcome page. So deleted content is only loaded again if everything was deleted."""
    return not Page.objects.exclude(content_type__app_label="wagtailcore").exists()
