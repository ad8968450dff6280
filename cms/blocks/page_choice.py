"""The choice of a page in a block."""

import copy
from typing import Any

from django.core.cache import caches
from wagtail.blocks import PageChooserBlock
from wagtail.models import Page

from core.page_cache import content_version, is_answering_a_reader


class PageChoiceBlock(PageChooserBlock):
    """Wagtail's page chooser. For readers the chosen pages come from memory when nothing changed: a page of many links asks for none."""

    def bulk_to_python(self, values: list[Any]) -> list[Page | None]:
        if not is_answering_a_reader():
            return super().bulk_to_python(values)
        keys = {pk: f"chosen:{content_version()}:{pk}" for pk in values if pk}
        known = caches["pages"].get_many(keys.values())
        missing = [pk for pk, key in keys.items() if key not in known]
        if missing:
            found = {keys[page.pk]: page for page in super().bulk_to_python(missing) if page}
            caches["pages"].set_many(found, 3600)
            known |= found
        return [copy.copy(known.get(keys.get(pk, ""))) for pk in values]


# In a migration it is what it is to the database: Wagtail's chooser.
DECONSTRUCT_ALIASES = {PageChoiceBlock: "wagtail.blocks.PageChooserBlock"}
