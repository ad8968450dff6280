"""The body of a page: every block an editor may use, grouped as the chooser shows them."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .data import ActionBlock, BarsBlock, DotsBlock, FiguresBlock, TableBlock, TimelineBlock
from .media import DocumentsBlock, GalleryBlock, PeopleBlock, PictureBlock, RecordingBlock
from .text import AccordionBlock, CalloutBlock, HeadingBlock, KeyMessagesBlock, QuoteBlock, TextBlock

WORDS, PICTURES, NUMBERS, PEOPLE = _("1 Words"), _("2 Pictures and files"), _("3 Numbers and dates"), _("4 People and actions")


class BodyBlock(blocks.StreamBlock):
    """The shared set. Pages further up add their own blocks by subclassing it."""

    heading = HeadingBlock(group=WORDS)
    text = TextBlock(group=WORDS)
    quote = QuoteBlock(group=WORDS)
    callout = CalloutBlock(group=WORDS)
    key_messages = KeyMessagesBlock(group=WORDS)
    accordion = AccordionBlock(group=WORDS)
    picture = PictureBlock(group=PICTURES)
    gallery = GalleryBlock(group=PICTURES)
    recording = RecordingBlock(group=PICTURES)
    documents = DocumentsBlock(group=PICTURES)
    figures = FiguresBlock(group=NUMBERS)
    bars = BarsBlock(group=NUMBERS)
    dots = DotsBlock(group=NUMBERS)
    table = TableBlock(group=NUMBERS)
    timeline = TimelineBlock(group=NUMBERS)
    people = PeopleBlock(group=PEOPLE)
    action = ActionBlock(group=PEOPLE)

    class Meta:
        template = "blocks/body.html"
