"""The preview beside the editor, of pages in any state of unfinishedness."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms.models import SiteImage
from news.models import Author, NewsIndexPage, PostPage, Series, SpotlightPage, Topic
from tests.support.editor import comments, post_form

pytestmark = pytest.mark.one_database

SignIn = Callable[[Any], Client]
POST_MODES = ("", "list", "shared")


@pytest.fixture
def index(home: Any) -> NewsIndexPage:
    return NewsIndexPage.objects.get()


def preview(client: Client, address: str, form: dict[str, Any], mode: str = "") -> Any:
    """What the frame beside the editor shows for a form as it stands."""
    said = client.post(address, form)
    assert said.status_code == 200
    assert said.json() == {"is_valid": True, "is_available": True}
    return client.get(address, {"mode": mode, "in_preview_panel": "true"})


def of_new_post(index: Page, kind: str = "postpage") -> str:
    return reverse("wagtailadmin_pages:preview_on_add", args=("news", kind, index.pk))


@pytest.mark.parametrize("mode", POST_MODES)
def test_a_whole_post_is_shown_in_every_way(mode: str, secretary: Any, signed_in: SignIn) -> None:
    post = PostPage.objects.published().exclude(lead_image=None).newest_first().first()
    assert post is not None
    address = reverse("wagtailadmin_pages:preview_on_edit", args=(post.pk,))
    answer = preview(
        signed_in(secretary), address, post_form(title="A new title", slug=post.slug, lead_image=str(post.lead_image_id)), mode
    )
    assert answer.status_code == 200
    assert "A new title" in answer.content.decode()
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    post.refresh_from_db()
    assert post.title != "A new title", "looking changes nothing"


def test_each_way_has_its_name(secretary: Any, signed_in: SignIn, index: NewsIndexPage) -> None:
    page = signed_in(secretary).get(reverse("wagtailadmin_pages:add", args=("news", "postpage", index.pk))).content.decode()
    for words in ("The page", "In a list", "When shared"):
        assert words in page


def test_the_shared_card_is_drawn_and_stored_nowhere(secretary: Any, signed_in: SignIn, index: NewsIndexPage) -> None:
    answer = preview(signed_in(secretary), of_new_post(index), post_form(title="Drawn"), "shared").content.decode()
    assert 'src="data:image/png;base64,' in answer
    assert "What the post is about" in answer


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)
maybe = st.sampled_from


@st.composite
def unfinished(draw: Any) -> dict[str, Any]:
    """A form as somebody may leave it for a cup of tea: half of the fields empty, blocks just opened."""
    block = st.one_of(
        st.tuples(maybe(["heading"]), st.fixed_dictionaries({"text": words, "level": maybe(["h2", "h3"])})),
        st.tuples(maybe(["text"]), maybe(["null", '{"blocks": [], "entityMap": {}}'])),
        st.tuples(maybe(["quote"]), st.fixed_dictionaries({"text": words, "name": words, "role": words})),
        st.tuples(maybe(["callout"]), st.fixed_dictionaries({"tone": maybe(["note"]), "title": words, "text": maybe(["null"])})),
        st.tuples(maybe(["picture"]), st.fixed_dictionaries({"image": maybe([""]), "alt": words, "caption": words})),
        st.tuples(
            maybe(["recording"]),
            st.fixed_dictionaries(
                {
                    "url": maybe(["", "https://vimeo.com/123456789", "https://example.org/x"]),
                    "title": words,
                    "poster": maybe([""]),
                    "duration": words,
                    "transcript": maybe(["null"]),
                }
            ),
        ),
        st.tuples(maybe(["gallery"]), maybe([{"pictures-count": "0"}])),
        st.tuples(maybe(["documents"]), maybe([{"title": "", "items-count": "0"}])),
        st.tuples(maybe(["figures"]), maybe([{"title": "", "items-count": "0"}])),
        st.tuples(
            maybe(["bars"]),
            maybe([{"title": "", "unit": "", "rows-count": "0", "threshold-label": "", "threshold-value": "", "source": ""}]),
        ),
        st.tuples(
            maybe(["dots"]),
            maybe([{"title": "", "text": "", "items-count": "0", "threshold_label": "", "threshold_value": "", "source": ""}]),
        ),
        st.tuples(maybe(["timeline"]), maybe([{"years-count": "0"}])),
        st.tuples(maybe(["people"]), maybe([{"title": "", "items-count": "0"}])),
        st.tuples(maybe(["accordion"]), maybe([{"title": "", "items-count": "0"}])),
        st.tuples(maybe(["key_messages"]), maybe([{"items-count": "0"}])),
        st.tuples(maybe(["action"]), maybe([{"title": "", "text": "", "links-count": "0"}])),
    )
    return {
        "title": draw(words.filter(str.strip)),
        "slug": draw(maybe(["", "a-slug"])),
        "kind": draw(maybe(["", "news", "statement", "briefing", "open_letter"])),
        "subtitle": draw(words),
        "standfirst": draw(words),
        "byline": draw(words),
        "part": draw(maybe(["", "2"])),
        "addressed_to": draw(words),
        "signatories": draw(words),
        "signatory_count": draw(maybe(["", "0", "137"])),
        "event_start": draw(maybe(["", "2019-05-20"])),
        "event_name": draw(words),
        "body": draw(st.lists(block, max_size=4)),
        "notes": draw(st.lists(st.tuples(maybe(["note"]), maybe(["null"])), max_size=2)),
        "topics": draw(maybe([[], ["first"]])),
        "series": draw(maybe(["", "first"])),
        "lead_image": draw(maybe(["", "first"])),
        "author": draw(maybe(["", "first"])),
    }


def filled_in(form: dict[str, Any]) -> dict[str, Any]:
    """The form with `first` replaced by something that exists."""
    first = {
        "series": Series.objects.values_list("pk", flat=True).first(),
        "lead_image": SiteImage.objects.values_list("pk", flat=True).first(),
        "author": Author.objects.values_list("pk", flat=True).first(),
    }
    form = {name: str(first[name]) if value == "first" and name in first else value for name, value in form.items()}
    form["topics"] = list(Topic.objects.values_list("pk", flat=True)[:1]) if form["topics"] else []
    if not form["series"]:
        form["part"] = ""
    author = form.pop("author")
    form["authors"] = inline_formset([{"author": author}] if author else [])
    return form


@given(form=unfinished())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_an_unfinished_post_is_shown_in_every_way(form: dict[str, Any], secretary: Any, signed_in: SignIn, index: NewsIndexPage) -> None:
    client, data = signed_in(secretary), post_form(**filled_in(form))
    address = of_new_post(index)
    assert preview(client, address, data).status_code == 200
    for mode in POST_MODES[1:]:
        assert client.get(address, {"mode": mode, "in_preview_panel": "true"}).status_code == 200


@pytest.mark.parametrize("mode", POST_MODES)
def test_a_spotlight_without_person_or_organisation_is_shown(mode: str, secretary: Any, signed_in: SignIn, index: NewsIndexPage) -> None:
    form = post_form(title="Somebody", standfirst="", person_name="", person_role="", organisation="", country="")
    form.pop("kind")
    assert preview(signed_in(secretary), of_new_post(index, "spotlightpage"), form, mode).status_code == 200


@pytest.mark.parametrize("mode", ["", "shared"])
@pytest.mark.parametrize("kind", ["contentpage", "workinggrouppage"])
def test_an_unfinished_coalition_page_is_shown(kind: str, mode: str, secretary: Any, signed_in: SignIn, home: Page) -> None:
    parent = home.get_children().type(Page.objects.get(slug="about").specific_class).first()
    assert parent is not None
    address = reverse("wagtailadmin_pages:preview_on_add", args=("pages", kind, parent.pk))
    form = {"title": "New", "slug": "", "kind": "working", "theme": "", "body": streamfield([]), "comments": comments()}
    form["conveners"] = inline_formset([])
    assert preview(signed_in(secretary), address, nested_form_data(form), mode).status_code == 200


@pytest.mark.parametrize("mode", ["", "shared"])
def test_a_home_page_emptied_of_everything_is_shown(mode: str, secretary: Any, signed_in: SignIn, home: Page) -> None:
    address = reverse("wagtailadmin_pages:preview_on_edit", args=(home.pk,))
    form = {
        "title": "Home",
        "slug": home.slug,
        "vision": "",
        "standfirst": "",
        "actions": streamfield([]),
        "sections": streamfield([]),
        "picture": streamfield([]),
        "comments": comments(),
    }
    assert preview(signed_in(secretary), address, nested_form_data(form), mode).status_code == 200


def test_the_news_listing_is_shown_as_it_is(secretary: Any, signed_in: SignIn, index: NewsIndexPage) -> None:
    address = reverse("wagtailadmin_pages:preview_on_edit", args=(index.pk,))
    form = nested_form_data({"title": "Newsroom", "slug": index.slug, "standfirst": "", "comments": comments()})
    assert preview(signed_in(secretary), address, form).status_code == 200
    assert [name for name, _label in index.preview_modes] == [""]


def test_a_draft_that_was_saved_half_done_can_be_read(
    secretary: Any, committee_member: Any, signed_in: SignIn, index: NewsIndexPage
) -> None:
    form = post_form(title="Half done", slug="half-done", standfirst="", person_name="", person_role="", organisation="", country="")
    signed_in(secretary).post(reverse("wagtailadmin_pages:add", args=("news", "spotlightpage", index.pk)), form)
    draft = SpotlightPage.objects.get(slug="half-done")
    answer = signed_in(committee_member).get(reverse("wagtailadmin_pages:view_draft", args=(draft.pk,)))
    assert answer.status_code == 200
    assert "Half done" in answer.content.decode()


@pytest.mark.parametrize("mode", ["", "list", "shared", "nonsense"])
def test_nobody_else_sees_a_preview(mode: str, secretary: Any, signed_in: SignIn, index: NewsIndexPage, make_user: Any) -> None:
    preview(signed_in(secretary), of_new_post(index), post_form(title="Secret"), "")
    for client in (Client(), signed_in(make_user())):
        assert client.get(of_new_post(index), {"mode": mode}).status_code in (302, 403)
