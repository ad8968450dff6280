"""The body of a page: all blocks for editors, in the groups of the block chooser."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import StreamValue

from cms.anchors import with_anchors

from .data import ActionBlock, BarsBlock, DotsBlock, FiguresBlock, TableBlock, TimelineBlock
from .media import DocumentsBlock, GalleryBlock, PeopleBlock, PictureBlock, RecordingBlock
from .text import AccordionBlock, CalloutBlock, HeadingBlock, KeyMessagesBlock, QuoteBlock, TextBlock

TEXT, MEDIA, DATA, PEOPLE = _("1 Words"), _("2 Pictures and files"), _("3 Numbers and dates"), _("4 People and actions")


class BodyBlock(blocks.StreamBlock):
    """The blocks shared by all pages. Other apps add blocks by subclassing it."""

    heading = HeadingBlock(group=TEXT)
    text = TextBlock(group=TEXT)
    quote = QuoteBlock(group=TEXT)
    callout = CalloutBlock(group=TEXT)
    key_messages = KeyMessagesBlock(group=TEXT)
    accordion = AccordionBlock(group=TEXT)
    picture = PictureBlock(group=MEDIA)
    gallery = GalleryBlock(group=MEDIA)
    recording = RecordingBlock(group=MEDIA)
    documents = DocumentsBlock(group=MEDIA)
    figures = FiguresBlock(group=DATA)
    bars = BarsBlock(group=DATA)
    dots = DotsBlock(group=DATA)
    table = TableBlock(group=DATA)
    timeline = TimelineBlock(group=DATA)
    people = PeopleBlock(group=PEOPLE)
    action = ActionBlock(group=PEOPLE)

    class Meta:
        template = "blocks/body.html"

    def get_context(self, value: StreamValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Blocks share `linked_notes`, so that an end note leads back to its first marker on the page (`prose`)."""
        return super().get_context(with_anchors(value), {**(parent_context or {}), "linked_notes": set()})
