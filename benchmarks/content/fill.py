"""Fill the database of DATABASE_URL: `python -m benchmarks.content.fill SIZE`."""

import sys

import django

django.setup()

from django.db import connection  # noqa: E402

from benchmarks.content.sizes import SIZES, fill  # noqa: E402

fill(SIZES[sys.argv[1]])
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA journal_mode=DELETE")
connection.close()
