"""What the editor says of a page before it is published, and what it holds back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from cms.content_checks import find_problems
from cms.models import SiteImage
from news.models import NewsIndexPage, PostPage, SpotlightPage
from pages.models import ContentPage
from tests.support.editor import add_post, change_post, paragraph, post_form
from tests.support.pictures import encoded, gradient

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SignIn = Callable[[Any], Client]
PUBLISH = {"action-publish": "1"}


@pytest.fixture
def index(home: Any) -> NewsIndexPage:
    return NewsIndexPage.objects.get()


@pytest.fixture
def picture(db: None) -> SiteImage:
    """A picture without alternative text."""
    return SiteImage.objects.create(title="DSC_0042", file=ContentFile(encoded(gradient("L", (40, 30)), "PNG"), "dsc.png"))


def said_of(page: Any) -> list[tuple[str, bool]]:
    return [(problem.field, problem.blocks_publishing) for problem in find_problems(page)]


def post(**fields: Any) -> PostPage:
    return PostPage(**{"title": "A title", "standfirst": "A sentence.", **fields})


@pytest.mark.parametrize("standfirst", ["", "   \n "])
def test_a_missing_standfirst_holds_back(standfirst: str) -> None:
    assert said_of(post(standfirst=standfirst)) == [("standfirst", True)]


def test_pictures_without_words_hold_back_wherever_they_are(picture: SiteImage) -> None:
    inside = {"image": picture, "alt": "", "decorative": False, "caption": "A caption is no alternative text"}
    page = post(lead_image=picture, body=[("picture", inside), ("gallery", {"pictures": [inside, inside]})])
    assert said_of(page) == [("lead_image", True), ("body", True), ("body", True), ("body", True)]
    assert "DSC_0042" in find_problems(page)[0].message


@pytest.mark.parametrize("words", [{"alt": "A nurse"}, {"decorative": True}])
def test_a_picture_with_words_or_for_decoration_is_fine(words: dict[str, Any], picture: SiteImage) -> None:
    assert said_of(post(body=[("picture", {"image": picture, "alt": "", "decorative": False, "caption": "", **words})])) == []


def test_words_stored_with_the_picture_serve_wherever_it_is_used(picture: SiteImage) -> None:
    picture.description = "A nurse at work"
    page = post(lead_image=picture, body=[("picture", {"image": picture, "alt": "", "decorative": False, "caption": ""})])
    assert said_of(page) == []


@pytest.mark.parametrize(
    "text",
    [
        "Lorem ipsum dolor sit amet",
        "lorem  ipsum",
        "TODO: a source",
        "xxx health workers",
        "XXXX",
        "Contact TBC",
        "In ??? countries",
        "[NAME]",
        "[date]",
    ],
)
def test_placeholders_are_asked_about_and_do_not_hold_back(text: str) -> None:
    assert said_of(post(title=text)) == [("title", False)]
    assert said_of(post(standfirst=text)) == [("standfirst", False)]
    assert said_of(post(body=[("text", f"<p>{text}</p>")])) == [("body", False)]
    assert said_of(post(body=[("callout", {"tone": "note", "title": "", "text": f"<p>{text}</p>"})])) == [("body", False)]


@pytest.mark.parametrize(
    "text",
    [
        "Hay que hacer todo lo posible",
        "Todo comenzó en Ginebra",
        "The Lorem family",
        "Note [1] and [2]",
        "Is it time? Yes.",
        "maxxxed",
        "An ipsum",
        "What date? [sic]",
    ],
)
def test_honest_words_are_no_placeholders(text: str) -> None:
    assert said_of(post(title=text, body=[("text", f"<p>{text}</p>")])) == []


def heading(level: str) -> tuple[str, dict[str, str]]:
    return ("heading", {"text": "A heading", "level": level})


@pytest.mark.parametrize(
    ("levels", "wrong"), [(["h2", "h3", "h2"], False), (["h3"], True), (["h3", "h2"], True), ([], False), (["h2", "h3", "h3"], False)]
)
def test_a_sub_section_stands_under_a_section(levels: list[str], wrong: bool) -> None:
    assert said_of(post(body=[heading(level) for level in levels])) == ([("body", False)] if wrong else [])


def test_end_notes_and_their_markers_belong_together() -> None:
    notes = [("note", "<p>A source.</p>")]
    assert said_of(post(body=[("text", "<p>As shown.[1]</p>")], notes=notes)) == []
    assert said_of(post(body=[("text", "<p>As shown.</p>")], notes=notes)) == [("notes", True)]
    assert said_of(post(body=[("text", "<p>As shown.[1] And.[2]</p>")], notes=notes)) == [("notes", True)]


def test_what_holds_back_is_said_first() -> None:
    assert [holds for _, holds in said_of(post(title="TODO", standfirst=""))] == [True, False]


@pytest.mark.parametrize("kind", [PostPage, SpotlightPage, ContentPage, NewsIndexPage])
def test_an_empty_page_can_be_spoken_of(kind: Any, db: None) -> None:
    assert ("standfirst", True) in said_of(kind())


def test_the_starting_content_needs_nothing(site_pages: list[Any]) -> None:
    assert {page.title: [problem.message for problem in find_problems(page)] for page in site_pages if find_problems(page)} == {}


# In the admin


def test_a_draft_is_saved_whatever_it_lacks(editor: Any, signed_in: SignIn, index: NewsIndexPage, picture: SiteImage) -> None:
    without_words = ("picture", {"image": str(picture.pk), "alt": "", "caption": ""})
    unlinked = (
        "action",
        {
            "title": "",
            "text": "",
            "links-count": "1",
            "links-0-deleted": "",
            "links-0-order": "0",
            "links-0-id": "x",
            "links-0-type": "item",
            "links-0-value-label": "",
            "links-0-value-page": "",
            "links-0-value-url": "",
        },
    )
    add_post(
        signed_in(editor), index, slug="raw", standfirst="", lead_image=str(picture.pk), body=[without_words, unlinked, paragraph("[1]")]
    )
    draft = PostPage.objects.get(slug="raw")
    page = signed_in(editor).get(reverse("wagtailadmin_pages:edit", args=(draft.pk,))).content.decode()
    assert "Before you publish" in page
    assert "Write a standfirst" in page
    assert page.count("DSC_0042” has no alternative text") == 2


@pytest.mark.parametrize("button", ["action-publish", "action-submit"])
def test_publishing_and_handing_over_wait_for_what_readers_need(
    button: str, secretary: Any, signed_in: SignIn, index: NewsIndexPage, picture: SiteImage
) -> None:
    client = signed_in(secretary)
    without_words = ("picture", {"image": str(picture.pk), "alt": "", "caption": ""})
    missing = {"standfirst": "", "lead_image": str(picture.pk), "body": [without_words]}
    answer = add_post(client, index, slug="held-back", **missing, **{button: "1"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Write a standfirst" in page
    assert "has no alternative text" in page
    assert "Describe the picture, or tick" in page
    assert not PostPage.objects.filter(slug="held-back").exists()

    add_post(client, index, slug="held-back", **missing)
    draft = PostPage.objects.get(slug="held-back")
    assert change_post(client, draft, **missing, **{button: "1"}).status_code == 200
    assert change_post(client, draft, **{button: "1"}).status_code == 302
    draft.refresh_from_db()
    assert draft.live == (button == "action-publish") or draft.workflow_in_progress


def test_a_doubt_is_said_once_more_after_publishing(secretary: Any, signed_in: SignIn, index: NewsIndexPage) -> None:
    answer = signed_in(secretary).post(
        reverse("wagtailadmin_pages:add", args=("news", "postpage", index.pk)),
        post_form(slug="doubt", title="TODO", **PUBLISH),
        follow=True,
    )
    assert PostPage.objects.get(slug="doubt").live
    assert "Please look again" in answer.content.decode()
    assert "“TODO”" in answer.content.decode()


def test_autosaving_draws_the_list_anew(editor: Any, signed_in: SignIn, index: NewsIndexPage) -> None:
    client = signed_in(editor)
    add_post(client, index, slug="autosaved", standfirst="")
    draft = PostPage.objects.get(slug="autosaved")
    address = reverse("wagtailadmin_pages:edit", args=(draft.pk,))
    for standfirst, expected in (("", "Write a standfirst"), ("Now there is one.", "Nothing is missing.")):
        answer = client.post(address, post_form(slug="autosaved", standfirst=standfirst), HTTP_ACCEPT="application/json")
        said = answer.json()
        assert said["success"], said
        assert expected in said["html"]


def test_the_checker_looks_at_what_editors_write(editor: Any, signed_in: SignIn, site_pages: list[Any]) -> None:
    page = signed_in(editor).get(reverse("wagtailadmin_pages:edit", args=(site_pages[1].pk,)))
    configuration = page.content.decode()
    assert '"include": ["main"]' in configuration
    for rule in ("image-alt", "heading-order", "empty-heading"):
        assert f'"{rule}"' in configuration
