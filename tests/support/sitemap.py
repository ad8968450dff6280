"""The addresses that search engines are told: those of the parts that `/sitemap.xml` names."""

import re

from django.test import Client


def sitemap_text(client: Client) -> str:
    """All parts, one after the other."""
    parts = mapped(client.get("/sitemap.xml").content.decode())
    return "".join(client.get(part).content.decode() for part in parts)


def mapped(text: str) -> list[str]:
    """The paths in a site map or its index."""
    return re.findall(r"<loc>http://testserver(/[^<]*)</loc>", text)
