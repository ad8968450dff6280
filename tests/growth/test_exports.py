"""An export takes the same memory whatever the site holds: its rows are read and written while it is sent."""

import pytest

from .conftest import Sites

pytestmark = [pytest.mark.growth, pytest.mark.one_database]

LIMIT = 2  # the smaller site does not fill each buffer
ENDORSEMENTS, MEMBERS = "/admin/endorsement-export/", "/admin/member-export/"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("address", "content"),
    [(ENDORSEMENTS, "public"), (ENDORSEMENTS, "contact"), (MEMBERS, "members"), (MEMBERS, "contacts")],
)
def test_an_export_takes_no_more_memory_with_ten_times_the_rows(sites: Sites, address: str, content: str, kind: str) -> None:
    choices = {"address": address, "content": content, "format": kind}
    _first, small, _again, large = (worker.ask("export", **choices) for worker in sites.workers for _time in range(2))
    assert small["status"] == large["status"] == 200
    assert large["bytes"] > 5 * small["bytes"] > 0, "there is something to export"
    assert large["peak"] < LIMIT * small["peak"]
