"""Every field that an editor meets says in plain words what it is for."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel, get_edit_handler
from wagtail.contrib.settings.registry import registry as settings_registry
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.forms import get_document_form
from wagtail.fields import StreamField
from wagtail.images.forms import get_image_form, get_image_multi_form
from wagtail.models import Page, get_page_models
from wagtail.snippets.models import get_snippet_models

from cms.models import SiteDocument, SiteImage
from pages.blocks import HomeBlock

pytestmark = pytest.mark.one_database

OURS = {"accounts", "cms", "core", "endorsements", "members", "news", "pages", "privacy"}
# Labels that say all there is to say; a sentence under them would only be read past.
SPEAKING_LABELS = {
    "Name": "the name of what the form is about",
    "Text": "the text itself",
    "Heading": "the heading itself",
    "Picture": "the picture itself",
}


def edited_models() -> list[type[models.Model]]:
    pages = [model for model in get_page_models() if model._meta.app_label in OURS]
    snippets = [model for model in get_snippet_models() if model._meta.app_label in OURS]
    return [*pages, *snippets, *settings_registry]


def fields_of(panel: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Where it is, the label and the help of every field under a panel, blocks included."""
    if isinstance(panel, InlinePanel):
        for child in panel.child_edit_handler.children:
            yield from fields_of(child, f"{path}.{panel.relation_name}")
    elif isinstance(panel, FieldPanel):
        here = f"{path}.{panel.field_name}"
        form_field = panel.db_field.formfield()
        label, help_text = str(panel.heading or (form_field.label if form_field else "")), str(panel.help_text or panel.db_field.help_text)
        if isinstance(panel.db_field, StreamField):
            # The blocks speak for a body; the list of them needs no sentence of its own.
            block = panel.db_field.stream_block
            shared = type(block).__name__
            yield from fields_of_block(block, here if shared == "StreamBlock" else shared)
        else:
            yield here, label, help_text
    for child in getattr(panel, "children", []):
        yield from fields_of(child, path)


def fields_of_block(block: Any, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(block, TypedTableBlock):
        return
    children = getattr(block, "child_blocks", None)
    if children:
        for name, child in children.items():
            yield from fields_of_block(child, f"{path}.{name}")
    elif isinstance(block, blocks.ListBlock):
        yield from fields_of_block(block.child_block, path)
    elif not isinstance(block, blocks.StaticBlock):
        # What stands directly in a stream is introduced by its description in the chooser.
        yield (
            path,
            str(block.label),
            str(block.meta.help_text if hasattr(block.meta, "help_text") else "")
            or str(getattr(block.field, "help_text", "") or getattr(block.meta, "description", "") or ""),
        )


def form_of(model: type[models.Model]) -> Any:
    return model.get_edit_handler() if issubclass(model, Page) else get_edit_handler(model)


ALL = sorted({found for model in edited_models() for found in fields_of(form_of(model), model.__name__)})


def test_there_are_fields() -> None:
    assert len(ALL) > 120


@pytest.mark.parametrize(("where", "label", "help_text"), ALL, ids=[where for where, _, _ in ALL])
def test_field_has_words(where: str, label: str, help_text: str) -> None:
    assert label.strip(), "a field without a label"
    if label not in SPEAKING_LABELS:
        assert len(help_text.split()) >= 3, f"“{label}” says nothing of what it is for"


@pytest.mark.parametrize("make_form", [get_image_form, get_image_multi_form])
def test_the_forms_for_pictures_speak_too(make_form: Any, editor: Any) -> None:
    form = make_form(SiteImage)(user=editor)
    assert [field.name for field in form.visible_fields() if len(str(field.help_text).split()) < 3] == []
    assert form["description"].label == "Alternative text"


def test_the_form_for_documents_speaks_too(editor: Any) -> None:
    form = get_document_form(SiteDocument)(user=editor)
    assert [field.name for field in form.visible_fields() if len(str(field.help_text).split()) < 3] == []


@pytest.mark.parametrize("kind", [model for model in get_page_models() if model._meta.app_label in OURS], ids=lambda kind: kind.__name__)
def test_a_kind_of_page_that_can_be_chosen_says_what_it_is(kind: Any) -> None:
    if kind.max_count != 1:
        assert str(kind.page_description)


@pytest.mark.parametrize(
    "block", sorted({where.split(".")[1] for where, _, _ in ALL if where.split(".")[0] in {"BodyBlock", "PageBodyBlock", "HomeBlock"}})
)
def test_a_block_says_what_it_is(block: str) -> None:
    child = HomeBlock().child_blocks[block]
    assert str(child.meta.description)
    assert str(child.meta.group)
