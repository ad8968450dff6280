"""How the database answers a query: by an index, or by reading a whole table."""

import re

from django.db import connection


def analyse() -> None:
    """Let the database know what there is. For so few rows as a test has, PostgreSQL would rather read all: it is to use indexes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql.replace('%', '%%')}", ())
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def reads_all(sql: str, table: str) -> bool:
    """Whether the query reads the whole table, instead of what an index leads to."""
    return bool(re.search(rf"SCAN {table}\b(?! USING)|Seq Scan on {table}\b", plan_of(sql)))
