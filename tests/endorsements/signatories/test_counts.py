"""How old a count may be that a reader sees: the age of what was counted and that of the page together."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from core.web.page_cache.policy import RENEW_SECONDS
from core.web.page_cache.watch import FRESH_SECONDS
from endorsements.signatories import counts
from tests.support.declarations import open_declaration
from tests.support.reader import Reader

MOST = 15

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("seconds", [0, 2])
def test_no_count_is_older_than_15_seconds_on_any_page(reader: Reader, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Whenever a page is made of what was counted before, and however long counting took."""
    page, count = open_declaration(), counts.fresh_counts
    with time_machine.travel(timezone.now(), tick=False) as clock:

        def slowly(of: Any) -> counts.Counts:
            found = count(of)
            clock.shift(seconds)
            return found

        monkeypatch.setattr(counts, "fresh_counts", slowly)
        reached = reader.reached_django
        # Two pages made of the same counts, the second one later each time.
        for number in range(160):
            clock.shift(0.25)
            for host in ("testserver", "localhost")[: 2 if number % 70 > 50 else 1]:
                shown = datetime.fromisoformat(reader.get(f"{page.url}count.json", headers={"host": host}).json()["as_of"])
                # Others get the page before, for a second at most, while one is made.
                assert timezone.now() - shown <= timedelta(seconds=MOST - FRESH_SECONDS + 1), number  # whole seconds are shown
        assert 3 <= reader.reached_django - reached < 20


def test_a_page_is_made_anew_before_it_is_too_old() -> None:
    assert counts.CACHE_SECONDS + FRESH_SECONDS <= MOST
    assert RENEW_SECONDS + FRESH_SECONDS <= MOST
