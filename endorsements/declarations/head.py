"""What the parts of a declaration, each at an address of its own, say in the head of their page (see `cms.head`)."""

from typing import TYPE_CHECKING

from cms.head import Head, Part
from cms.structured_data import Node, web_page
from core.absolute_urls import absolute

if TYPE_CHECKING:
    from endorsements.models import DeclarationPage

    from .public_status import Standing


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
