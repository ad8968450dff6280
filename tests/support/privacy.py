"""The scheduled end of personal data, without everything else that `run_due` does."""

from datetime import datetime

from core.personal_data import registered_tables
from privacy import retention


def erase_expired(now: datetime) -> dict[str, str]:
    """One run over every table. What each of them reports, if it did something."""
    reports = {table.model._meta.label_lower: retention.erase_expired(table, now) for table in registered_tables()}
    return {table: report for table, report in reports.items() if report}
