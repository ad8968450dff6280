"""Posting the admin's page forms as a browser would."""

from typing import Any

from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield


def comments(*new: dict[str, Any]) -> dict[str, Any]:
    """The comments part of a page form with these new ones, each a mapping of text and contentpath."""
    forms = [{"position": "", "resolved": "", "replies": inline_formset([]), **comment} for comment in new]
    return inline_formset(forms)


def paragraph(text: str) -> tuple[str, str]:
    """A block of text for `body`."""
    return ("text", rich_text(f"<p>{text}</p>", features=["bold"]))


def post_form(**fields: Any) -> dict[str, str]:
    """Form data of a complete post; `body` is a list of block tuples, other fields are as the form names them."""
    body = fields.pop("body", [paragraph("Health workers are people first.")])
    data = {
        "title": "A title",
        "slug": "a-title",
        "kind": "news",
        "standfirst": "What the post is about, in one sentence.",
        "date": "2026-05-01",
        "body": streamfield(body),
        "notes": streamfield(fields.pop("notes", [])),
        "authors": inline_formset([]),
        "related": inline_formset([]),
        "comments": fields.pop("comments", comments()),
    }
    return nested_form_data({**data, **fields})


def add_post(client: Client, index: Page, **fields: Any) -> Any:
    """Answer of the form for a new post under the news listing. Pass `**{"action-publish": "1"}` or another of the form's buttons."""
    return client.post(reverse("wagtailadmin_pages:add", args=("news", "postpage", index.pk)), post_form(**fields))


def change_post(client: Client, page: Page, **fields: Any) -> Any:
    """Answer of the form of an existing post."""
    return client.post(reverse("wagtailadmin_pages:edit", args=(page.pk,)), post_form(**{"slug": page.slug, **fields}))
