"""The handbook in a real browser: each test presses what docs/editors.md says to press."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.models import Comment

from cms.models import Announcement, SiteImage
from news.models import NewsIndexPage, PostPage
from tests.support.news import make_post
from tests.support.pictures import telephone_jpeg

pytestmark = pytest.mark.begins_first


def more(page: Any, words: str) -> None:
    """The arrow beside Save draft, then these words, which lead to another page: on a busy machine after a while."""
    page.locator("footer .w-dropdown__toggle").click()
    entry = page.locator("footer").get_by_text(words, exact=True)
    entry.wait_for()
    with page.expect_navigation(timeout=60_000):
        entry.click()


def type_into(page: Any, field: str, text: str) -> None:
    page.fill(f"#id_{field}", text)
    page.keyboard.press("Tab")


def in_its_own_time(page: Any, milliseconds: int) -> None:
    """Wait by the clock of the page, whose timers are late on a busy machine; those set before end before."""
    page.evaluate("time => new Promise(done => setTimeout(done, time))", milliseconds)


def settled(page: Any) -> None:
    """Wagtail remembers a form as it is two seconds after it opened; quicker than any person, a test would change what is remembered."""
    page.wait_for_load_state()
    in_its_own_time(page, 2500)


def saved(page: Any) -> None:
    """All that was typed: the editor looks for changes every half second, and lets nobody leave the page before they are stored."""
    in_its_own_time(page, 1100)
    page.locator("form[data-w-unsaved-has-edits-value=false]").wait_for(state="attached")
    page.locator("#w-autosave-indicator[data-w-autosave-state-value=saved]").wait_for(state="attached")


def add_text_block(page: Any) -> None:
    """The + under Text, then the block of that name; the cursor stands in it. Under load the list may open late and stay open."""
    page.locator("[data-contentpath=body] .c-sf-add-button").first.click()
    option = page.locator(".w-combobox__option", has_text="Text").first
    option.wait_for()
    page.wait_for_timeout(500)
    option.click()
    words = page.locator("[data-contentpath=body] .public-DraftEditor-content").first
    words.wait_for()
    if option.is_visible():
        page.keyboard.press("Escape")
        option.wait_for(state="hidden")
    words.click()


def write(page: Any, title: str, kind: str = "statement") -> None:
    """Steps 1 to 4 of the handbook's second thing."""
    page.get_by_text("Write a post").click()
    settled(page)
    page.select_option("#id_kind", kind)
    type_into(page, "title", title)
    type_into(page, "standfirst", "The coalition calls for their release, and says why.")
    add_text_block(page)
    page.keyboard.type("Nobody may be detained for asking for a living wage.")
    saved(page)


@pytest.mark.django_db(transaction=True)
def test_a_secretary_publishes_corrects_and_takes_back(at_desk: Any, secretary: Any) -> None:
    page = at_desk(secretary)
    write(page, "Doctors detained")
    page.get_by_text("Nothing is missing.").wait_for()
    more(page, "Publish")
    page.get_by_text("has been published").wait_for()
    post = PostPage.objects.get(title="Doctors detained")
    assert "living wage" in Client().get(post.url).content.decode()

    page.goto(f"/admin/pages/{post.pk}/edit/")
    settled(page)
    type_into(page, "title", "Doctors released")
    saved(page)
    assert "Doctors released" not in Client().get(post.url).content.decode(), "readers see the former words"
    more(page, "Publish")
    page.get_by_text("has been published").wait_for()
    assert "Doctors released" in Client().get(post.url).content.decode()

    page.goto(f"/admin/pages/{post.pk}/edit/")
    more(page, "Unpublish")
    page.get_by_role("button", name="Yes, unpublish it").click()
    page.wait_for_load_state()
    assert Client().get(post.url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_secretary_plans_a_post(at_desk: Any, secretary: Any) -> None:
    page = at_desk(secretary)
    write(page, "On Monday", kind="news")
    page.locator("[data-side-panel-toggle=status]").click()
    page.get_by_text("Set schedule").click()
    page.fill("#id_go_live_at", "2031-01-06 09:00")
    with page.expect_navigation():
        page.get_by_role("button", name="Save schedule").press("Enter")  # the calendar may hang over it
    post = PostPage.objects.get(title="On Monday")
    page.goto(f"/admin/pages/{post.pk}/edit/")
    more(page, "Schedule to publish")
    page.get_by_text("has been scheduled for publishing").wait_for()
    post.refresh_from_db()
    assert not post.live
    assert post.scheduled_revision is not None
    page.goto(f"/admin/pages/{post.pk}/edit/")
    page.get_by_text("Cancel scheduled publish").first.wait_for()


@pytest.mark.django_db(transaction=True)
def test_the_box_follows_the_writing_and_fields_follow_the_kind(at_desk: Any, editor: Any) -> None:
    page = at_desk(editor)
    page.get_by_text("Write a post").click()
    settled(page)
    box = page.locator("#before-you-publish")
    box.get_by_text("Start writing").wait_for()

    event, recipients = (page.get_by_role("heading", name=name, exact=True) for name in ("Event", "Recipients"))
    event.wait_for(state="hidden")
    recipients.wait_for(state="hidden")
    page.select_option("#id_kind", "event_report")
    event.wait_for()
    recipients.wait_for(state="hidden")
    type_into(page, "event_name", "72nd World Health Assembly")
    page.select_option("#id_kind", "statement")
    recipients.wait_for()
    event.wait_for()  # what was filled in stays in sight

    type_into(page, "title", "TODO a title")
    box.get_by_text("Write a standfirst").wait_for()
    box.get_by_text("“TODO”").wait_for()
    type_into(page, "standfirst", "There is one now.")
    box.get_by_text("Write a standfirst").wait_for(state="detached")
    more(page, "Submit to Review")
    page.get_by_text("submitted for moderation").wait_for()


@pytest.mark.django_db(transaction=True)
def test_the_committee_reads_and_comments_and_types_in_vain(at_desk: Any, committee_member: Any) -> None:
    draft = make_post("For the committee", text="Words to be read.", standfirst="Read me.", live=False)
    page = at_desk(committee_member)
    assert page.get_by_text("Write a post").count() == 0
    page.get_by_text("Read the drafts").click()
    page.get_by_text("For the committee").first.click()
    page.wait_for_load_state()

    page.click("#id_standfirst")
    page.keyboard.type("Hijacked")
    text = page.locator(".public-DraftEditor-content").first
    text.click()
    page.keyboard.type("Hijacked")
    page.keyboard.press("Backspace")
    assert page.input_value("#id_standfirst") == "Read me."
    assert text.inner_text().strip() == "Words to be read."
    for offered in ("Save draft", "Publish", "Submit to Review", "Delete"):
        assert page.locator("footer").get_by_text(offered, exact=True).count() == 0

    page.locator("[data-contentpath=standfirst] [data-comment-add]").click()
    page.get_by_placeholder("Enter your comments").fill("Who should read it?")
    page.get_by_role("button", name="Comment", exact=True).click()
    in_its_own_time(page, 1000)  # until the form holds it too
    page.get_by_text("Save my comments").click()
    page.get_by_text("Your comments are saved.").wait_for()
    assert Comment.objects.get(page=draft).text == "Who should read it?"
    draft.refresh_from_db()
    assert draft.get_latest_revision_as_object().standfirst == "Read me."


@pytest.mark.django_db(transaction=True)
def test_a_secretary_adds_a_picture_and_changes_the_banner(at_desk: Any, secretary: Any, tmp_path: Any) -> None:
    page = at_desk(secretary)
    photograph = tmp_path / "IMG_0042.jpg"
    photograph.write_bytes(telephone_jpeg())
    page.goto("/admin/images/multiple/add/")
    page.set_input_files("input[type=file]", str(photograph))
    page.get_by_label("Alternative text").fill("A nurse at work")
    page.get_by_label("Credit").fill("Photo: A. Mwale")
    page.get_by_role("button", name="Update").click()
    page.get_by_text("Image updated").first.wait_for()
    assert SiteImage.objects.get(description="A nurse at work").credit == "Photo: A. Mwale"

    page.goto("/admin/")
    page.get_by_text("Change the banner").click()
    page.fill("#id_text", "Join us in Geneva on 24 May.")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("updated").first.wait_for()
    assert Announcement.objects.get().text == "Join us in Geneva on 24 May."
    assert "Join us in Geneva" in Client().get("/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_preview_shows_the_three_ways(at_desk: Any, secretary: Any) -> None:
    image = SiteImage.objects.create(title="P", description="P", file=ContentFile(telephone_jpeg(), "p.jpg"))
    post = make_post("Previewed", text="A text.", standfirst="In one sentence.", live=False, lead_image=image)
    page = at_desk(secretary)
    page.goto(f"/admin/pages/{post.pk}/edit/")
    page.locator("[data-side-panel-toggle=preview]").click()
    panel = page.locator("[data-side-panel=preview]")
    for way, selector in (("", "article.wrap h1"), ("list", "article.card"), ("shared", ".shared-link img")):
        panel.locator("select").select_option(way)
        page.frame_locator("#w-preview-iframe").locator(selector).first.wait_for()
    assert NewsIndexPage.objects.exists()
