"""The head of a page as programs read it."""

import json
from typing import Any

import html5lib


class Page:
    """Titles, meta elements, links and JSON-LD of an answer, which must be a page without a mistake in it."""

    def __init__(self, response: Any):
        assert response.status_code == 200, response
        document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(response.content)
        head = document.find("head")
        self.titles = [element.text for element in head.findall("title")]
        self.meta: dict[str, list[str]] = {}
        for element in head.findall("meta"):
            self.meta.setdefault(element.get("property") or element.get("name") or "", []).append(element.get("content"))
        self.links = [dict(element.attrib) for element in head.findall("link")]
        scripts = [element.text for element in head.findall("script") if element.get("type") == "application/ld+json"]
        self.graphs = [json.loads(script) for script in scripts]

    @property
    def title(self) -> str:
        [title] = self.titles
        return str(title)

    def one(self, name: str) -> Any:
        values = self.meta.get(name, [None])
        assert len(values) == 1, name
        return values[0]

    @property
    def canonical(self) -> Any:
        found = [link["href"] for link in self.links if link["rel"] == "canonical"]
        assert len(found) <= 1
        return found[0] if found else None

    def node(self, kind: str) -> dict[str, Any]:
        [found] = [node for graph in self.graphs for node in graph["@graph"] if node["@type"] == kind]
        return dict(found)
