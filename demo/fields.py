"""The keys that a file may have for each model, and reading its simple fields (text, dates, numbers)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, FileField, Model
from django.utils.timezone import is_naive, make_aware
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms.models import Announcement, Navigation, SiteIdentity, SiteImage
from demo.files import Location, Mapping, Problem, Problems, Text, as_boolean, expect, expect_keys
from endorsements.models import DeclarationPage
from members.models import KnownSize, Organisation, Theme
from news.models import Author, NewsIndexPage, PostPage, Series, SpotlightPage, Topic
from pages.models import ContentPage, HomePage, WorkingGroupPage

_PAGE = "title standfirst seo_title search_description noindex"
_POST = (
    f"{_PAGE} subtitle kind date date_inferred byline authors topics series part lead_image related notes addressed_to signatories"
    " signatory_count event_name event_place event_start event_end"
)
KEYS: dict[type[Model], str] = {
    Theme: "name slug",
    KnownSize: "name year members",
    Organisation: "name acronym slug country kind founded website summary themes roles since",
    Topic: "name slug description",
    Series: "name slug description",
    SiteImage: "file title description credit licence focal_point_x focal_point_y focal_point_width focal_point_height",
    Author: "name slug kind role organisation organisation_name portrait bio",
    HomePage: f"{_PAGE} template menu_order vision actions picture_value picture_caption",
    ContentPage: f"{_PAGE} template menu_order lead_image",
    WorkingGroupPage: f"{_PAGE} template menu_order kind theme contact_name contact_email",
    NewsIndexPage: f"{_PAGE} template menu_order",
    PostPage: _POST,
    SpotlightPage: f"{_POST} person_name person_role organisation country",
    DeclarationPage: f"{_POST} who goal ask endorsements",
    SiteIdentity: "name short_name vision about_line contact_email postal_address social_links",
    Announcement: "text link_page link_url link_label level starts_at ends_at",
    Navigation: "main_menu actions footer_menu",
}


@dataclass(eq=False)
class Entry:
    """A row to make: its model, its front matter (`head`) with the `text` below, and its simple fields."""

    model: type[Model]
    head: Mapping
    fields: dict[str, Any]
    text: str = ""
    text_location: Location | None = None

    def slugs(self, key: str) -> list[Text]:
        """The slugs of a key, one or several."""
        raw = self.head.get(key) or []
        return [raw] if isinstance(raw, Text) else raw


def field_of(model: type[Model], name: str) -> Any:
    """The model's field of that name, or None."""
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _is_simple(target: Any) -> bool:
    return bool(target) and target.concrete and not target.is_relation and not isinstance(target, StreamField | RichTextField | FileField)


def read_entry(model: type[Model], head: Mapping, problems: Problems) -> Entry:
    """An entry with its simple fields, validated by the model."""
    known = KEYS[model].split()
    entry = Entry(model, head, {})
    with problems.collect():
        expect_keys(head, known)
    needed = (("standfirst",) if issubclass(model, Page) else ()) + (("kind", "date") if issubclass(model, PostPage) else ())
    for name in known:
        target = field_of(model, name)
        if not _is_simple(target):
            continue
        with problems.collect():
            if head.get(name):
                entry.fields[name] = _field_value(target, name, expect(head[name], Text))
            elif name in needed or not (target.blank or target.null or target.has_default()):
                raise Problem(head, f"“{name}” is missing. Add it.")
    return entry


def _field_value(target: Any, name: str, text: Text) -> Any:
    if isinstance(target, BooleanField):
        return as_boolean(text)
    try:
        value = target.clean(text.strip(), None)
    except ValidationError as error:
        raise Problem(text, f"“{name}”: {' '.join(error.messages)}") from error
    if isinstance(value, str) and len(value) > (target.max_length or len(value)):  # a TextField leaves this to forms
        raise Problem(text, f"“{name}” has {len(value)} characters; there is room for {target.max_length}. Shorten it.")
    return make_aware(value) if isinstance(value, datetime) and is_naive(value) else value
