"""The block for choosing a page."""

import copy
from typing import Any

from wagtail.blocks import PageChooserBlock
from wagtail.models import Page

from cms.cached import cached_rows


class PageChoiceBlock(PageChooserBlock):
    """Wagtail's page chooser, with the chosen pages cached for public pages, so that many links cost no queries."""

    def bulk_to_python(self, values: list[Any]) -> list[Page | None]:
        found = cached_rows(f"page:{self.model_class._meta.label}", {pk for pk in values if pk}, self.model_class.objects.in_bulk)
        return [copy.copy(found.get(pk)) for pk in values]


# In migrations it is Wagtail's chooser.
DECONSTRUCT_ALIASES = {PageChoiceBlock: "wagtail.blocks.PageChooserBlock"}
