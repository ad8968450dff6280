"""Publishing: now, later, and no longer; once, whoever runs it; with the pictures ready."""

import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.images.models import Filter
from wagtail.models import Page, PageLogEntry
from wagtail.signals import page_published

from cms.models import SiteImage, SiteRendition
from cms.renditions import SPEC, SPECS, pictures_of
from cms.scheduled_publishing import publish_and_unpublish
from members.models import Organisation
from news.models import Author, NewsIndexPage, PostPage
from tests.support.editor import add_post, change_post
from tests.support.news import make_post
from tests.support.pictures import encoded, gradient
from tests.template_database import ROOT

pytestmark = pytest.mark.one_database

SignIn = Callable[[Any], Client]
NOON = datetime(2026, 5, 1, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def index(home: Any) -> NewsIndexPage:
    return NewsIndexPage.objects.get()


def scheduled(index: NewsIndexPage, slug: str = "later", **times: datetime) -> PostPage:
    """A post whose latest revision waits for its time, as the editor's Schedule makes it."""
    post = index.add_child(instance=PostPage(title=slug, slug=slug, standfirst="Soon.", live=False))
    for name, value in times.items():
        setattr(post, name, value)
    post.save_revision().publish()
    return PostPage.objects.get(pk=post.pk)


def let_time_pass(post: PostPage) -> None:
    """Make the scheduled revision one whose time came a minute ago."""
    past = timezone.now() - timedelta(minutes=1)
    revision = post.get_latest_revision()
    revision.content["go_live_at"] = past.isoformat()
    revision.approved_go_live_at = past
    revision.save()


def page_at(slug: str) -> int:
    return Client().get(f"/news/{slug}/").status_code


# Scheduled


def test_a_scheduled_post_goes_public_at_its_time(index: NewsIndexPage, time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)
    scheduled(index, go_live_at=NOON + timedelta(hours=1))
    assert publish_and_unpublish(NOON) == ""
    assert page_at("later") == 404
    time_machine.move_to(NOON + timedelta(hours=1), tick=False)
    assert publish_and_unpublish(timezone.now()) == "1 published, 0 unpublished"
    assert page_at("later") == 200
    assert publish_and_unpublish(timezone.now()) == "", "a second run finds nothing to do"


def test_a_post_leaves_at_its_time(index: NewsIndexPage, time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)
    scheduled(index, expire_at=NOON + timedelta(hours=1))
    assert page_at("later") == 200
    time_machine.move_to(NOON + timedelta(hours=2), tick=False)
    assert publish_and_unpublish(timezone.now()) == "0 published, 1 unpublished"
    assert page_at("later") == 404
    assert PostPage.objects.get(slug="later").expired
    assert publish_and_unpublish(timezone.now()) == ""


def test_after_days_without_a_run_what_is_over_is_over(index: NewsIndexPage, time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)
    scheduled(index, "over", go_live_at=NOON + timedelta(hours=1), expire_at=NOON + timedelta(days=1))
    scheduled(index, "begun", go_live_at=NOON + timedelta(hours=1), expire_at=NOON + timedelta(days=9))
    time_machine.move_to(NOON + timedelta(days=4), tick=False)
    assert publish_and_unpublish(timezone.now()) == "2 published, 1 unpublished"
    assert (page_at("over"), page_at("begun")) == (404, 200)
    assert publish_and_unpublish(timezone.now()) == ""


def test_a_correction_of_a_public_post_waits_for_its_time(index: NewsIndexPage, time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)
    post = scheduled(index)
    post.title, post.go_live_at = "Corrected", NOON + timedelta(hours=1)
    post.save_revision().publish()
    assert b"Corrected" not in Client().get("/news/later/").content
    time_machine.move_to(NOON + timedelta(hours=1, seconds=1), tick=False)
    publish_and_unpublish(timezone.now())
    assert b"Corrected" in Client().get("/news/later/").content


def test_one_page_that_fails_does_not_keep_the_others_back(index: NewsIndexPage, time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)
    for slug in ("first", "broken", "last"):
        scheduled(index, slug, go_live_at=NOON + timedelta(hours=1))
    time_machine.move_to(NOON + timedelta(hours=2), tick=False)

    def refuse(instance: Page, **_kwargs: Any) -> None:
        if instance.slug == "broken":
            raise ValueError("no")

    page_published.connect(refuse, weak=False, dispatch_uid="refuse")
    try:
        with pytest.raises(RuntimeError, match="could not publish"):
            publish_and_unpublish(timezone.now())
    finally:
        page_published.disconnect(dispatch_uid="refuse")
    assert [page_at(slug) for slug in ("first", "broken", "last")] == [200, 404, 200]
    assert publish_and_unpublish(timezone.now()) == "1 published, 0 unpublished", "it is tried again"
    assert page_at("broken") == 200


def test_run_due_publishes(index: NewsIndexPage, capsys: Any) -> None:
    let_time_pass(scheduled(index, go_live_at=timezone.now() + timedelta(hours=1)))
    call_command("run_due")
    assert "scheduled pages: 1 published" in capsys.readouterr().out
    assert page_at("later") == 200


@pytest.mark.django_db(transaction=True)
def test_every_host_may_run_it_at_once() -> None:
    index = NewsIndexPage.objects.get()
    posts = [scheduled(index, f"later-{number}", go_live_at=timezone.now() + timedelta(hours=1)) for number in range(3)]
    for post in posts:
        let_time_pass(post)
    start, reports = threading.Barrier(4), []

    def host() -> None:
        try:
            start.wait()
            reports.append(publish_and_unpublish(timezone.now()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=host) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(reports) == 4, "none of them failed"
    assert sum(int(report.split()[0]) for report in reports if report) == 3
    for post in posts:
        post.refresh_from_db()
        assert post.live
        assert PageLogEntry.objects.filter(page=post.pk, action="wagtail.publish.scheduled").count() == 1


# In the admin


def test_a_secretary_schedules_corrects_and_unpublishes(secretary: Any, signed_in: SignIn, index: NewsIndexPage, time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)
    client = signed_in(secretary)
    add_post(client, index, slug="planned", go_live_at="2026-05-02 09:00", **{"action-publish": "1"})
    post = PostPage.objects.get(slug="planned")
    assert (post.live, page_at("planned")) == (False, 404)
    assert post.scheduled_revision is not None

    time_machine.move_to(datetime(2026, 5, 2, 9, 0, 30, tzinfo=timezone.get_default_timezone()), tick=False)
    publish_and_unpublish(timezone.now())
    assert page_at("planned") == 200

    client = signed_in(secretary)
    change_post(client, PostPage.objects.get(slug="planned"), title="Put right", **{"action-publish": "1"})
    assert b"Put right" in Client().get("/news/planned/").content
    client.post(reverse("wagtailadmin_pages:unpublish", args=(post.pk,)))
    assert page_at("planned") == 404


# Pictures


@pytest.fixture
def picture(db: None) -> Callable[[str], SiteImage]:
    def make(title: str) -> SiteImage:
        file = ContentFile(encoded(gradient(size=(1000, 200)), "JPEG"), f"{title}.jpg")
        return SiteImage.objects.create(title=title, description=title, file=file)

    return make


def sizes_of(image: SiteImage) -> set[str]:
    return set(SiteRendition.objects.filter(image=image).values_list("filter_spec", flat=True))


def test_all_sizes_of_all_pictures_are_made_when_a_page_is_published(
    index: NewsIndexPage, picture: Callable[[str], SiteImage], django_capture_on_commit_callbacks: Any
) -> None:
    names = ("lead", "alone", "one", "two", "poster", "portrait")
    lead, alone, one, two, poster, portrait = pictures = [picture(name) for name in names]
    block = {"alt": "", "decorative": False, "caption": ""}
    body = [
        ("picture", {"image": alone, **block}),
        ("gallery", {"pictures": [{"image": one, **block}, {"image": two, **block}]}),
        ("recording", {"url": "https://vimeo.com/1", "title": "A recording", "poster": poster, "duration": "", "transcript": ""}),
        ("people", {"title": "", "items": [{"name": "A", "role": "", "organisation": "", "portrait": portrait, "email": ""}]}),
    ]
    post = PostPage(title="Pictures", slug="pictures", standfirst="Many.", live=False, lead_image=lead, body=body)
    index.add_child(instance=post)
    assert {image.title for image in pictures_of(post)} == set(names)
    post.save_revision()
    assert [sizes_of(image) for image in pictures] == [set()] * 6, "a draft makes nothing"
    with django_capture_on_commit_callbacks(execute=True):
        post.get_latest_revision().publish()
    assert [sizes_of(image) >= set(SPECS) for image in pictures] == [True] * 6

    before = SiteRendition.objects.count()
    assert page_at("pictures") == 200
    assert Client().get("/news/").status_code == 200
    assert SiteRendition.objects.count() == before, "no reader waits for a picture to be made"


def test_a_portrait_and_a_logo_are_ready_when_they_are_saved(
    picture: Callable[[str], SiteImage], django_capture_on_commit_callbacks: Any
) -> None:
    face, mark = picture("face"), picture("mark")
    with django_capture_on_commit_callbacks(execute=True):
        Author.objects.create(name="A. Writer", slug="a-writer", portrait=face)
        Organisation.objects.create(name="An organisation", slug="an-organisation", logo=mark)
    assert sizes_of(face) >= set(SPECS)
    assert sizes_of(mark) >= set(SPECS)


def test_a_picture_that_cannot_be_made_does_not_keep_a_page_from_being_published(
    index: NewsIndexPage, picture: Callable[[str], SiteImage], django_capture_on_commit_callbacks: Any
) -> None:
    lost = picture("lost")
    lost.file.storage.delete(lost.file.name)
    post = PostPage(title="Lost", slug="lost", standfirst="S.", live=False, lead_image=lost)
    index.add_child(instance=post)
    with django_capture_on_commit_callbacks(execute=True):
        post.save_revision().publish()
    assert PostPage.objects.get(slug="lost").live


def test_no_page_of_the_starting_content_makes_a_picture_for_a_reader(site_pages: list[Any]) -> None:
    before = SiteRendition.objects.count()
    for page in site_pages:
        assert Client().get(page.url).status_code == 200
    assert SiteRendition.objects.count() == before


def test_every_template_asks_for_the_sizes_that_are_made() -> None:
    """A picture tag with another specification would make its file while a reader waits."""
    asked = set()
    for template in set((ROOT / "templates").rglob("*.html")) - set((ROOT / "templates").rglob("admin/*.html")):
        html = template.read_text()
        asked |= {specification.replace(" ", "|") for specification in re.findall(r"{% picture \S+ ((?:[\w{},-]+ )+)", html)}
        assert "{% image " not in html, template
    assert {size for specification in asked for size in Filter.expand_spec(specification.rstrip("|"))} == set(SPECS)
    assert Filter.expand_spec(SPEC) == SPECS


# Aliases


def test_an_alias_is_public_no_sooner_than_its_original(index: NewsIndexPage, time_machine: Any) -> None:
    later = timezone.now() + timedelta(days=2)
    post = make_post("Planned", slug="planned", live=False)
    alias = post.create_alias(parent=index, update_slug="planned-too")
    alias.create_alias(parent=index, update_slug="planned-again")
    post.go_live_at = later
    post.save_revision().publish()
    addresses = ("planned", "planned-too", "planned-again")
    assert [page_at(slug) for slug in addresses] == [404] * 3
    time_machine.move_to(later + timedelta(minutes=1), tick=False)
    publish_and_unpublish(timezone.now())
    assert [page_at(slug) for slug in addresses] == [200] * 3
    PostPage.objects.get(slug="planned").unpublish()
    assert [page_at(slug) for slug in addresses] == [404] * 3


@pytest.mark.parametrize(
    "address",
    ["/news/", "/feeds/all.rss", "/feeds/all.atom", "/feeds/all.json", "/search/?q=zebrafinch", "/sitemap-posts-{today:%Y}-1.xml", "/"],
)
def test_a_list_names_an_original_and_not_its_alias(address: str, index: NewsIndexPage) -> None:
    post = make_post("Zebrafinch", slug="zebrafinch", date=timezone.localdate())
    alias = post.create_alias(parent=index, update_slug="zebrafinch-too")
    assert page_at("zebrafinch-too") == 200
    html = Client().get(address.format(today=timezone.localdate())).content.decode()
    assert alias.url not in html
    assert post.url in html
