import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from core.due import run_all


class Command(BaseCommand):
    help = "Does everything that is scheduled and due: publishes and unpublishes pages. Run it every minute; late or twice is harmless."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="keep running, with this pause between runs")

    def handle(self, *args: Any, every: int | None = None, **options: Any) -> None:
        while True:
            reports = run_all(timezone.now())
            for name, report in reports.items():
                if report:
                    self.stdout.write(f"{name}: {report}")
            if not every:
                if any(report.startswith("failed") for report in reports.values()):
                    raise SystemExit(1)
                return
            close_old_connections()
            time.sleep(every)
