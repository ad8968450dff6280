"""Fill the database of DATABASE_URL: `python -m benchmarks.content.fill SIZE`."""

import sys

import django


def main(size: str) -> None:
    django.setup()
    from django.db import connection

    from benchmarks.content.sizes import SIZES, fill

    fill(SIZES[size])
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
