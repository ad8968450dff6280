"""What the parts of a declaration, each at an address of its own, say in the head of their page (see `cms.head`)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cms.head import Head
from cms.structured_data import Node, web_page
from core.addresses import absolute

if TYPE_CHECKING:
    from .models import DeclarationPage
    from .standing import Standing


@dataclass(frozen=True)
class Part:
    """A part of a declaration: its name, its address below the declaration's own, what it says."""

    name: str
    path: str
    description: str = ""
    number: int = 1
    noindex: bool = False
    schema_type: str = "WebPage"


def describe_part(head: Head, page: "DeclarationPage", part: Part) -> None:
    """The part under its own name and address, one step below the declaration."""
    head.name, head.number, head.noindex = f"{part.name}: {page.title}", part.number, head.noindex or part.noindex
    head.canonical = absolute(f"{page.url}{part.path}")
    head.description = part.description or head.description
    head.crumbs.append((part.name, head.canonical))
    head.node = web_page(part.schema_type, name=head.name, description=head.description, url=head.canonical, image=head.image)


def endorsing(standing: "Standing") -> Node:
    """How many endorsed and, while it is open, where one may, in the words of schema.org."""
    counter = {"@type": "InteractionCounter", "interactionType": "https://schema.org/EndorseAction"}
    node: Node = {"interactionStatistic": counter | {"userInteractionCount": standing.tally.total}}
    if standing.is_open:
        node["potentialAction"] = {"@type": "EndorseAction", "target": absolute(f"{standing.base}endorse/")}
    return node
