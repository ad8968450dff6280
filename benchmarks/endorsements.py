"""Compare the time of a declaration's public pages with 150 names and with 100,000.

    .venv/bin/python -m benchmarks.endorsements [postgresql] [--names 100000]

Creates both declarations in a temporary SQLite database (or a PostgreSQL server of its own, as the tests do) and requests their pages
alternately, so that a busy machine slows both equally. The table shows the median without the page cache, in milliseconds of processor
time, or of wall-clock time for PostgreSQL:

- `warm`: the counts are cached, as they are for all but one reader in 25 seconds;
- `first`: they are not, and are counted from the rows.

Expected: `warm` is about the same for both, up to twice as much where a filter leaves few names of the small one; the number of queries
is the same. `first` takes a few times longer for the large one, once in 25 seconds. Two pages grow with the names: a search reads every
name once or twice, and "all names" shows up to 5,000. Below the table are the query plans: they use indexes and never scan the table.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

SMALL = 150  # enough to fill a page of the list
ROUNDS = 9
PARTS = {
    "declaration": "",
    "list": "signatories/?x=1",
    "last page": "signatories/?page={last}&x=1",
    "country": "signatories/?country=UG&x=1",
    "letter": "signatories/?letter=M&x=1",
    "people": "signatories/?kind=person&x=1",
    "kind of organisation": "signatories/?type=union&x=1",
    "three filters": "signatories/?country=UG&letter=M&kind=organisation&x=1",
    "search": "signatories/?q=okafor",
    "search in vain": "signatories/?q=nosuchname",
    "all names": "signatories/all/?x=1",
    "versions": "versions/?x=1",
    "count.json": "count.json",
}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.endorsements")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--names", type=int, default=100_000)
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hw4all-benchmark-")))
        url = f"sqlite:///{folder / 'db.sqlite3'}"
        if options.database == "postgresql":
            from tests.postgresql import server

            url = stack.enter_context(server())
        os.environ |= {"DATABASE_URL": url, "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "hw4all.settings.test"}
        import django

        django.setup()
        print("Making the database …", flush=True)
        small, large = declarations(options.names)
        compare(small, large)
        explain(large)
        stack.callback(close_connections)


def close_connections() -> None:
    from django.db import connections

    connections.close_all()
    for connection in connections.all():
        getattr(connection, "close_pool", lambda: None)()


def declarations(names: int) -> tuple[Any, Any]:
    """A site of a home page and a news listing, with the two declarations."""
    from django.core.management import call_command
    from django.db import connection
    from wagtail.models import Page, Site

    from news.models import NewsIndexPage
    from pages.models import HomePage
    from tests.support.declarations import open_declaration
    from tests.support.signatories import fill

    call_command("migrate", verbosity=0)
    Page.objects.filter(depth=2).delete()
    home = HomePage(title="Home", slug="home", vision="Health workers for all")
    Page.get_first_root_node().add_child(instance=home)
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "testserver", "root_page": home})
    home.add_child(instance=NewsIndexPage(title="News", slug="news"))
    made = []
    for slug, total in (("small", SMALL), ("large", names)):
        page = open_declaration(f"With {total} names", slug=slug, goal=total * 2, text="Pay them. " * 200)
        fill(page, total // 20, total - total // 20)
        made.append(page)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    return made[0], made[1]


def compare(small: Any, large: Any) -> None:
    print(f"\n{'':22}{'warm, ms':>20}{'ratio':>8}{'first, ms':>20}{'ratio':>8}{'queries':>10}{'KB':>12}")
    for label, part in PARTS.items():
        addresses = [f"{page.url}{part.format(last=last_page(page))}" for page in (small, large)]
        warm, first = measure(addresses, cached_counts=True), measure(addresses, cached_counts=False)
        queries, sizes = zip(*map(queries_and_kilobytes, addresses), strict=True)
        ratios = [after / before for before, after in (warm, first)]
        line = f"{label:22}{warm[0]:10.1f}{warm[1]:10.1f}{ratios[0]:8.1f}{first[0]:10.1f}{first[1]:10.1f}{ratios[1]:8.1f}"
        print(f"{line}{queries[0]:6} {queries[1]:3}{sizes[0]:7.0f} {sizes[1]:4.0f}", flush=True)


def last_page(page: Any) -> int:
    from endorsements.signatories.counts import counts
    from endorsements.signatories.listing import SignatoryList

    return -(-counts(page).named // SignatoryList.per_page)


def measure(addresses: list[str], *, cached_counts: bool) -> list[float]:
    """The median time for each address, requested alternately."""
    from django.core.cache import caches
    from django.db import connection
    from django.test import Client

    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    client, taken = Client(), [[] for _address in addresses]  # type: ignore[var-annotated]
    for number in range(-1, ROUNDS if cached_counts else 5):
        for address, times in zip(addresses, taken, strict=True):
            if not cached_counts:
                for key in [key for key in caches["pages"]._cache if ":counts:" in key or ":groups:" in key or ":names:" in key]:  # type: ignore[attr-defined]
                    caches["pages"].delete(key.split(":", 2)[2])
            start = clock()
            response = client.get(address)
            response.getvalue()
            if number >= 0:  # the first request is a warm-up
                times.append((clock() - start) * 1000)
            if response.status_code != 200:
                sys.exit(f"{address}: {response.status_code}")
    return [statistics.median(times) for times in taken]


def queries_and_kilobytes(address: str) -> tuple[int, float]:
    """The number of queries and the size of a page."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    Client().get(address)
    with CaptureQueriesContext(connection) as queries:
        size = len(Client().get(address).getvalue())
    return len(queries), size / 1024


def explain(page: Any) -> None:
    from endorsements.models import Endorsement
    from endorsements.signatories.listing import SignatoryList, initial_signatories

    listed = Endorsement.objects.for_declaration(page).listed().order_by()
    queries = {
        "the last page of the list": SignatoryList(page, {}).entries.rows.in_order().values_list("pk")[80_000:80_100],
        "a country and a letter": SignatoryList(page, {"country": "UG", "letter": "M"}).entries.rows.in_order().values_list("pk")[:100],
        "initial signatories": initial_signatories(page)[:60],
        "the counts": listed.values("kind", "show_name", "country").distinct(),
        "the moment of the thousandth": listed.order_by("listed_at").values("listed_at")[999:1000],
    }
    print("\nQuery plans:")
    for label, rows in queries.items():
        lines = [line.strip(" 0123456789->") for line in rows.explain().splitlines() if "endorsement_" in line or "Scan" in line]
        print(f"  {label}: {'; '.join(lines)[:200]}")


if __name__ == "__main__":
    main(sys.argv[1:])
