"""Blocks for numbers and dates: figures, bars, dots, tables, timelines."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock

from cms.charts import BarChart, bar_chart

from .links import LinkBlock
from .text import PLAIN, PROSE


def _source() -> blocks.CharBlock:
    return blocks.CharBlock(
        label=_("Source and year"), required=False, max_length=250, help_text=_("A figure without a source convinces nobody.")
    )


def _display() -> blocks.CharBlock:
    return blocks.CharBlock(label=_("Shown as"), required=False, max_length=20, help_text=_("Only when it differs: “0.35–0.5”."))


class FiguresBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120, help_text=_("A heading over the figures. Empty: none."))
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("value", blocks.CharBlock(label=_("Figure"), max_length=20, help_text=_("Short: “18 million”, “24%”."))),
                (
                    "label",
                    blocks.CharBlock(
                        label=_("What it counts"),
                        max_length=160,
                        help_text=_("The words beside the figure: “health workers missing by 2030”."),
                    ),
                ),
                ("source", _source()),
            ],
            icon="order",
        ),
        label=_("Figures"),
        min_num=1,
        max_num=6,
    )

    class Meta:
        icon = "order"
        label = _("Key figures")
        description = _("Two to six large figures, each with what it counts and its source.")
        template = "blocks/figures.html"
        preview_value = {
            "items": [{"value": "18 m", "label": _("health workers missing in low-income countries by 2030"), "source": "WHO"}]
        }


class BarsValue(blocks.StructValue):
    """The value of a bar comparison. `chart` has the widths of the bars and the position of the threshold."""

    @property
    def chart(self) -> BarChart:
        return bar_chart(self.get("rows") or [], (self.get("threshold") or {}).get("value"))


class BarsBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("Title"), max_length=160, help_text=_("Say what the reader should see: “Only one of six countries is over the threshold”.")
    )
    unit = blocks.CharBlock(label=_("Unit"), max_length=80, help_text=_("For example “skilled health workers per 1,000 people”."))
    rows = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("label", blocks.CharBlock(label=_("Name"), max_length=60)),
                (
                    "value",
                    blocks.DecimalBlock(
                        label=_("Number"),
                        min_value=Decimal(0),
                        max_digits=14,
                        decimal_places=4,
                        help_text=_("Digits only, with a point: 4.45. It decides the length of the bar."),
                    ),
                ),
                ("display", _display()),
            ],
            icon="minus",
        ),
        label=_("Bars"),
        min_num=1,
        max_num=20,
    )
    threshold = blocks.StructBlock(
        [
            (
                "label",
                blocks.CharBlock(label=_("Name of the line"), required=False, max_length=80, help_text=_("For example “WHO threshold”.")),
            ),
            (
                "value",
                blocks.DecimalBlock(
                    label=_("Number"),
                    required=False,
                    min_value=Decimal(0),
                    max_digits=14,
                    decimal_places=4,
                    help_text=_("Where the line stands. Empty: no line."),
                ),
            ),
        ],
        label=_("Threshold line"),
        required=False,
    )
    source = _source()

    class Meta:
        icon = "bars"
        label = _("Bar comparison")
        description = _("Bars with a threshold line, and the same numbers as a table.")
        template = "blocks/bars.html"
        value_class = BarsValue
        preview_value = {
            "title": _("Two countries"),
            "unit": _("health workers per 1,000 people"),
            "rows": [{"label": "Netherlands", "value": Decimal("8.6")}, {"label": "Kenya", "value": Decimal("1.79")}],
            "threshold": {"label": _("WHO threshold"), "value": Decimal("4.45")},
        }


class DotsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=160, help_text=_("Say what the reader should see. Empty: none."))
    text = blocks.TextBlock(label=_("Text"), required=False)
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("label", blocks.CharBlock(label=_("Name"), max_length=60)),
                (
                    "value",
                    blocks.DecimalBlock(
                        label=_("Per 1,000 people"),
                        min_value=Decimal(0),
                        max_value=Decimal(1000),
                        max_digits=8,
                        decimal_places=3,
                        help_text=_("How many of the thousand dots are coloured: 0.35, or 8.6."),
                    ),
                ),
                ("display", _display()),
            ],
            icon="grip",
        ),
        label=_("Fields"),
        min_num=1,
        max_num=8,
    )
    threshold_label = blocks.CharBlock(
        label=_("Name of the threshold"), required=False, max_length=80, help_text=_("For example “What WHO says is needed”.")
    )
    threshold_value = blocks.DecimalBlock(
        label=_("Threshold per 1,000"),
        required=False,
        min_value=Decimal(0),
        max_digits=8,
        decimal_places=3,
        help_text=_("Drawn as one more field, for comparison. Empty: none."),
    )
    source = _source()

    class Meta:
        icon = "grip"
        label = _("One in a thousand")
        description = _("For each country a thousand dots, of which the health workers are coloured.")
        template = "blocks/dots.html"
        preview_value = {"items": [{"label": "Malawi", "value": Decimal("0.35")}, {"label": "Netherlands", "value": Decimal("8.6")}]}


class TableBlock(blocks.StructBlock):
    caption = blocks.CharBlock(label=_("Caption"), max_length=200, help_text=_("Says what the table shows."))
    table = TypedTableBlock(
        [
            ("text", blocks.CharBlock(label=_("Text"))),
            ("number", blocks.DecimalBlock(label=_("Number"), required=False)),
            ("prose", blocks.RichTextBlock(label=_("Text with links"), features=PLAIN)),
        ],
        label=_("Table"),
    )
    source = _source()

    class Meta:
        icon = "table"
        label = _("Table")
        description = _("Rows and columns with a caption.")
        template = "blocks/table.html"
        preview_value = {
            "caption": _("Health workers per 1,000 people"),
            "table": {
                "columns": [{"type": "text", "heading": _("Country")}, {"type": "number", "heading": _("Per 1,000")}],
                "rows": [{"values": ["Kenya", Decimal("1.79")]}, {"values": ["Uganda", Decimal("0.74")]}],
                "caption": "",
            },
        }

    def get_preview_value(self) -> Any:
        return self.to_python({**self.meta.preview_value, "table": self.meta.preview_value["table"]})


class TimelineBlock(blocks.StructBlock):
    years = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("year", blocks.CharBlock(label=_("Year or period"), max_length=20, help_text=_("For example “2018” or “2018–2020”."))),
                (
                    "events",
                    blocks.ListBlock(
                        blocks.StructBlock(
                            [
                                (
                                    "title",
                                    blocks.CharBlock(
                                        label=_("What happened"), max_length=200, help_text=_("One line, in the present tense.")
                                    ),
                                ),
                                (
                                    "text",
                                    blocks.RichTextBlock(
                                        label=_("More"),
                                        required=False,
                                        features=PROSE,
                                        help_text=_("A few sentences, with links to the posts."),
                                    ),
                                ),
                            ],
                            icon="date",
                        ),
                        label=_("Events"),
                        min_num=1,
                    ),
                ),
            ],
            icon="calendar",
        ),
        label=_("Years"),
        min_num=1,
    )

    class Meta:
        icon = "history"
        label = _("Timeline")
        description = _("What happened, by year.")
        template = "blocks/timeline.html"
        preview_value = {"years": [{"year": "2018", "events": [{"title": _("The coalition is founded in Geneva"), "text": ""}]}]}


class ActionBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120, help_text=_("What you ask for: “Join the coalition”."))
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=400)
    links = blocks.ListBlock(LinkBlock(), label=_("Buttons"), min_num=1, max_num=2)

    class Meta:
        icon = "pick"
        label = _("Call to action")
        description = _("Asks the reader to do one thing, with a button.")
        template = "blocks/action.html"
        preview_value = {"title": _("Join the coalition"), "text": "", "links": [{"label": _("How to join"), "url": "/"}]}
