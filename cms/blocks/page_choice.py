"""The choice of a page in a block."""

import copy
from typing import Any

from wagtail.blocks import PageChooserBlock
from wagtail.models import Page

from cms.cached import remembered


class PageChoiceBlock(PageChooserBlock):
    """Wagtail's page chooser. For readers the chosen pages come from memory: a page of many links asks for none."""

    def bulk_to_python(self, values: list[Any]) -> list[Page | None]:
        found = remembered(f"page:{self.model_class._meta.label}", {pk for pk in values if pk}, self.model_class.objects.in_bulk)
        return [copy.copy(found.get(pk)) for pk in values]


# In a migration it is what it is to the database: Wagtail's chooser.
DECONSTRUCT_ALIASES = {PageChoiceBlock: "wagtail.blocks.PageChooserBlock"}
