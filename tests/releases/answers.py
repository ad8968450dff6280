"""What a visitor gets at an address, in words that a change of copy, markup or code leaves as they are."""

import json
import xml.etree.ElementTree as ET
from typing import Any

import html5lib
from django.db import connection
from django.test import Client

ATOM = "{http://www.w3.org/2005/Atom}"
FORMATS = ("rss", "atom", "json")


def known_names() -> list[str]:
    """The names of what pages are about, by the tables' own names."""
    queries = (
        "SELECT name FROM endorsements_endorsement WHERE source <> 'sample'",
        "SELECT name FROM members_organisation",
        "SELECT name FROM members_application",
        "SELECT title FROM wagtailcore_page JOIN endorsements_declarationpage ON postpage_ptr_id = id",
    )
    found: set[str] = set()
    with connection.cursor() as cursor:
        for query in queries:
            cursor.execute(query)
            found |= {name for (name,) in cursor.fetchall() if len(name) > 8}
    return sorted(found)


def page(path: str, names: list[str]) -> dict[str, Any]:
    """Its status, whether it has a form that acts, and of whom and of what it speaks."""
    answer = Client().get(path)
    main = html5lib.parse(answer.content, namespaceHTMLElements=False).find(".//main")
    if main is None:
        return {"status": answer.status_code, "acts": False, "says": []}
    text = " ".join("".join(main.itertext()).split())
    acts = any(form.get("method", "").lower() == "post" for form in main.iter("form"))
    return {"status": answer.status_code, "acts": acts, "says": [name for name in names if name in text]}


def address(path: str) -> str:
    """The status, and where it leads. A file is read to its end, which closes it."""
    answer = Client().get(path)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return f"{answer.status_code} {answer.get('Location', '')}".strip()


def feed_ids(path: str) -> list[str]:
    """Of the feed, if it has one, and of its entries, by which programs know what they have shown."""
    content = Client().get(path).content
    if path.endswith(".json"):
        return [item["id"] for item in json.loads(content)["items"]]
    root = ET.fromstring(content)
    if path.endswith(".rss"):
        return [item.findtext("guid", "") for item in root.findall("channel/item")]
    return [root.findtext(f"{ATOM}id", ""), *(entry.findtext(f"{ATOM}id", "") for entry in root.findall(f"{ATOM}entry"))]


def sitemap() -> list[str]:
    """The paths that search engines are told, in one file or in the parts that an index names."""
    paths = _locations("/sitemap.xml")
    parts = [path for path in paths if path.endswith(".xml")]
    return sorted({*paths, *(path for part in parts for path in _locations(part))} - set(parts))


def _locations(path: str) -> list[str]:
    root = ET.fromstring(Client().get(path).content)
    return ["/" + (place.text or "").partition("://")[2].partition("/")[2] for place in root.iter() if place.tag.endswith("}loc")]


def tables() -> dict[str, int]:
    """How many rows each table has, but for the search, whose tables are each database's own."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if not name.startswith("wagtailsearch_")]
        counts = {}
        for name in sorted(names):
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            counts[name] = cursor.fetchone()[0]
    return counts
