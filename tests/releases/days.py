"""The days on which something happens in a stored database. The clock stands still on each, so that the order is that of the rows."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import time_machine


def moment(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def on(day: str, hour: int = 9) -> AbstractContextManager[Any]:
    return time_machine.travel(moment(day, hour), tick=False)
