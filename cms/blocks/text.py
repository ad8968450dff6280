"""Blocks for text: headings, prose, quotations, call-outs, questions and answers, key messages."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.anchors import AnchoredValue

PROSE = ["bold", "italic", "link", "document-link", "ol", "ul", "superscript"]
PLAIN = ["bold", "italic", "link"]


class HeadingBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Heading"), max_length=160)
    level = blocks.ChoiceBlock(
        choices=[("h2", _("Section")), ("h3", _("Sub-section"))],
        default="h2",
        label=_("Level"),
        help_text=_("A sub-section stands under a section."),
    )

    class Meta:
        icon = "title"
        label = _("Heading")
        description = _("Opens a section. Readers can link to it.")
        template = "blocks/heading.html"
        value_class = AnchoredValue
        preview_value = {"text": _("What we ask of governments"), "level": "h2"}


class TextBlock(blocks.RichTextBlock):
    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("Paragraphs and lists. Write [1] where end note 1 belongs.")
        template = "blocks/text.html"
        preview_value = "<p>Health workers are people first. They care for others, and they need wages, rest and safety to do so.</p>"

    def __init__(self, **kwargs: Any):
        super().__init__(**{"features": PROSE, **kwargs})


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(
        label=_("Quotation"), help_text=_("Without quotation marks: the design sets them. Only words that were really said or written.")
    )
    name = blocks.CharBlock(label=_("Who said it"), required=False, max_length=120, help_text=_("The person or body, by name."))
    role = blocks.CharBlock(
        label=_("Role or source"), required=False, max_length=160, help_text=_("Their role, or where the words were printed.")
    )

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        description = _("Somebody's own words, set large, with their name.")
        template = "blocks/quote.html"
        preview_value = {"text": _("The words that were said."), "name": _("Name of the speaker"), "role": _("Role, organisation")}


class CalloutBlock(blocks.StructBlock):
    tone = blocks.ChoiceBlock(
        choices=[("note", _("Note")), ("important", _("Important"))],
        default="note",
        label=_("Weight"),
        help_text=_("How strongly the box is coloured."),
    )
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120, help_text=_("A heading in the box. Empty: none."))
    text = blocks.RichTextBlock(label=_("Text"), features=[*PLAIN, "ul", "ol"])

    class Meta:
        icon = "info-circle"
        label = _("Call-out")
        description = _("A box beside the flow: a definition, a deadline, a request.")
        template = "blocks/callout.html"
        preview_value = {"tone": "note", "title": _("Who may report"), "text": "<p>Any civil-society organisation may report.</p>"}


class AccordionBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120, help_text=_("A heading over the questions. Empty: none."))
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                (
                    "title",
                    blocks.CharBlock(label=_("Question or title"), max_length=160, help_text=_("Always in sight; it unfolds the answer.")),
                ),
                (
                    "text",
                    blocks.RichTextBlock(
                        label=_("Answer"), features=PROSE, help_text=_("Seen after a click, so nothing that everybody must read.")
                    ),
                ),
            ],
            icon="help",
        ),
        label=_("Items"),
        min_num=1,
    )

    class Meta:
        icon = "collapse-down"
        label = _("Questions and answers")
        description = _("A list of titles that unfold. For details that not everybody needs.")
        template = "blocks/accordion.html"
        preview_value = {"title": _("Questions"), "items": [{"title": _("Who may join?"), "text": "<p>Civil-society organisations.</p>"}]}


class KeyMessagesBlock(blocks.StructBlock):
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                (
                    "title",
                    blocks.CharBlock(label=_("The message in one line"), max_length=200, help_text=_("What a journalist should quote.")),
                ),
                (
                    "text",
                    blocks.RichTextBlock(
                        label=_("Explanation"), required=False, features=PROSE, help_text=_("One or two paragraphs under the message.")
                    ),
                ),
            ],
            icon="list-ol",
        ),
        label=_("Messages"),
        min_num=1,
    )

    class Meta:
        icon = "list-ol"
        label = _("Key messages")
        description = _("Numbered messages, each with an address of its own that others can link to.")
        template = "blocks/key_messages.html"
        value_class = AnchoredValue
        preview_value = {"items": [{"title": _("Train, employ and keep health workers"), "text": ""}]}
