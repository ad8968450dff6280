"""A page takes the same time whatever the site holds: with ten times the content at most half as long again.

The ratio of two sites that are asked in turn, in processor time; a page is over the limit when three measurements say so, or one that is
far over.
"""

import pytest

from benchmarks.pages import ADMIN, READERS

from .conftest import ROUNDS, Sites
from .linear_urls import LINEAR

pytestmark = [pytest.mark.growth, pytest.mark.one_database]

LIMIT = 1.5
# The pages that take longer today. One that no longer does has to leave this list.
MORE_ROWS = "the smaller site has less than a page of these: more rows are shown"
KNOWN = {
    "its signatories of a country": MORE_ROWS,
    "its signatories found": MORE_ROWS,
    "declarations": MORE_ROWS,
}


@pytest.mark.parametrize("kind", [kind for kind in (*READERS, *ADMIN) if kind not in KNOWN])
def test_no_page_takes_longer_with_ten_times_the_content(sites: Sites, kind: str) -> None:
    ratios = sites.ratios(kind, LIMIT)
    assert min(ratios) <= LIMIT, f"{kind}: {', '.join(f'{ratio:.2f}' for ratio in ratios)} times as long"


def test_pages_known_to_take_longer_still_do(sites: Sites) -> None:
    """Otherwise they are to be taken off the list, so that they stay good."""
    assert not [kind for kind in KNOWN if not any(sites.ratio(kind, rounds) > LIMIT for rounds in ROUNDS)]


def test_a_page_that_reads_every_post_is_found(sites: Sites) -> None:
    assert min(sites.ratios(LINEAR, LIMIT)) > LIMIT
